import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import type { PushOutput, RefAnswer, RefUpdate } from "../../../core/push";
import {
  clientEnvironment,
  commitFiles,
  type GitTestServer,
  git,
  newCheckout,
  shop,
  startGitServer,
} from "../../support/git-server";

/** What one push waits for in the test's hands. */
interface Held {
  updates: RefUpdate[];
  output: PushOutput;
  signal: AbortSignal;
  answer(answers: RefAnswer[]): void;
}

const main = "refs/heads/main";
let host: GitTestServer;
let held: (push: Held) => void;
let receivePack: ChildProcess | undefined;

beforeEach(async () => {
  host = await startGitServer(
    (_actor, _app, updates, output, signal) =>
      new Promise((answer) => held({ updates, output, signal, answer })),
  );
  const { repositories } = host.door;
  const spawnGit = repositories.spawn.bind(repositories);
  repositories.spawn = (appId, args, options) => {
    const child = spawnGit(appId, args, options);
    if (args[0] === "receive-pack" && !args.includes("--advertise-refs")) receivePack = child;
    return child;
  };
});
afterEach(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

/** A git that was killed is told to the operator; takes that one fault off the list. */
function expectKilledGit(): void {
  expect(host.faults.splice(0).map(String)).toEqual([expect.stringContaining("git failed")]);
}

const nextPush = (): Promise<Held> =>
  new Promise((resolve) => {
    held = resolve;
  });

function startPush(checkout: string): ChildProcess {
  return spawn("git", ["push", host.url("shop"), "main"], {
    cwd: checkout,
    env: clientEnvironment,
    stdio: "ignore",
    detached: true,
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

async function locks(): Promise<string[]> {
  const files = await readdir(host.door.repositories.path(shop.id), { recursive: true });
  return files.filter((file) => /\.lock$|incoming-|tmp_/.test(file));
}

const move = async (push: Held) => {
  const [update] = push.updates;
  if (!update) throw new Error("no update");
  const prepared = await host.door.repositories.prepareRef(shop.id, main, update.oldCommit, update.newCommit);
  await prepared.commit();
  push.answer([{ ref: main, ok: true, moved: true }]);
};

test("the pusher's Ctrl-C changes nothing: the push is told, goes on and moves the ref", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const arrival = nextPush();
  const client = startPush(checkout);
  const push = await arrival;
  const gitEnded = once(receivePack as ChildProcess, "exit");
  process.kill(-(client.pid as number), "SIGKILL");
  await aborted(push.signal);
  push.output.write("x".repeat(1024 ** 2));
  await move(push);
  expect(await gitEnded).toEqual([0, null]);
  expect(await host.door.repositories.tip(shop.id, main)).toBe(push.updates[0]?.newCommit);
  expect((await git(checkout, "fetch", host.url("shop"))).code).toBe(0);
  expect(await locks()).toEqual([]);
});

test("kill -9 of receive-pack: the decision goes on to its end, no lock stays, the next push works", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const arrival = nextPush();
  const client = startPush(checkout);
  const clientEnded = once(client, "exit");
  const push = await arrival;
  (receivePack as ChildProcess).kill("SIGKILL");
  await aborted(push.signal);
  push.output.write("still here\n");
  await move(push);
  expect((await clientEnded)[0]).not.toBe(0);
  expectKilledGit();
  expect(await host.door.repositories.tip(shop.id, main)).toBe(push.updates[0]?.newCommit);
  expect(await locks()).toEqual([]);
  await commitFiles(checkout, { b: "2\n" });
  const again = nextPush();
  const second = startPush(checkout);
  const secondEnded = once(second, "exit");
  await move(await again);
  expect(await secondEnded).toEqual([0, null]);
});

test("kill -9 of receive-pack in the middle of its answer: the client is not left waiting", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const arrival = nextPush();
  const client = spawn("git", ["push", host.url("shop"), "main"], { cwd: checkout, env: clientEnvironment });
  const clientEnded = once(client, "exit");
  const push = await arrival;
  push.output.write("under way\n");
  for await (const chunk of client.stderr) if (String(chunk).includes("under way")) break;
  (receivePack as ChildProcess).kill("SIGKILL");
  expect((await clientEnded)[0]).not.toBe(0);
  push.answer([]); // long after the client was told
});

test("what is left of a killed receive-pack's hook ends by itself", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const arrival = nextPush();
  const client = startPush(checkout);
  const clientEnded = once(client, "exit");
  const push = await arrival;
  const talk = (receivePack as ChildProcess).stdio[3];
  const closed = once(talk as NodeJS.EventEmitter, "close");
  (receivePack as ChildProcess).kill("SIGKILL");
  await closed; // every process that had inherited the pipe has let go of it
  push.answer([]);
  await clientEnded;
  expectKilledGit();
});

test("a client that leaves in the middle of its pack: git gives up, nothing was decided, the server goes on", async () => {
  const zeros = "0".repeat(40);
  const command = `${zeros} ${"1".repeat(40)} ${main}\0report-status side-band-64k`;
  const body = `${(command.length + 4).toString(16).padStart(4, "0")}${command}0000PACK\0\0\0\x02\0\0\0\x05`;
  const head = `POST /git/shop.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from("x:deployer").toString("base64")}\r\nContent-Length: 100000\r\n\r\n`;
  for (const end of ["destroy", "resetAndDestroy"] as const) {
    receivePack = undefined;
    const spawned = new Promise<void>((resolve) => {
      const { repositories } = host.door;
      const before = repositories.spawn;
      repositories.spawn = (...args) => {
        const child = before(...args);
        resolve();
        return child;
      };
    });
    const socket = connect(host.port, "127.0.0.1", () => socket.write(head + body, "latin1"));
    await spawned;
    const gitEnded = once(receivePack as unknown as ChildProcess, "exit");
    socket[end]();
    await gitEnded;
  }
  expect(await locks()).toEqual([]);
  expect((await git(host.directory, "ls-remote", host.url("shop"))).code).toBe(0);
});

test("a client that leaves in the middle of a clone ends upload-pack", async () => {
  const { repositories } = host.door;
  const before = repositories.spawn.bind(repositories);
  const started = new Promise<ChildProcess>((resolve) => {
    repositories.spawn = (...args) => {
      const child = before(...args);
      resolve(child);
      return child;
    };
  });
  const sent = request({
    port: host.port,
    method: "POST",
    path: "/git/shop.git/git-upload-pack",
    headers: {
      authorization: `Basic ${Buffer.from("x:deployer").toString("base64")}`,
      "transfer-encoding": "chunked",
    },
  });
  sent.on("error", () => undefined); // it is we who leave
  sent.write("0014");
  const ended = once(await started, "exit");
  sent.destroy();
  await ended;
});

test("while a push is silent git sends something every few seconds", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const arrival = nextPush();
  const client = spawn("git", ["push", host.url("shop"), "main"], {
    cwd: checkout,
    env: { ...clientEnvironment, GIT_TRACE_PACKET: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(client, "exit");
  const push = await arrival;
  await new Promise<void>((resolve) => {
    client.stderr.on("data", (chunk: Buffer) => {
      if (/sideband< \\1\b|sideband< \\2/.test(chunk.toString())) resolve();
    });
  });
  await move(push);
  expect(await ended).toEqual([0, null]);
}, 15_000);
