import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import {
  commitFiles,
  fetchByLibrary,
  type GitTestServer,
  git,
  gitRouter,
  newCheckout,
  shop,
  startGitServer,
} from "../../support/git-server";

jest.setTimeout(60_000); // 20 packs of incompressible bytes, on a machine that is busy

let host: GitTestServer;
let tip: string;
let path: string;
let started: ChildProcess[] = [];
const note = (message: unknown) => started.push((message as { process: ChildProcess }).process);

beforeAll(async () => {
  host = await startGitServer(
    async (_actor, _app, updates) => updates.map(({ ref }) => ({ ref, ok: true, moved: false })),
    { fetchBytes: 64 * 1024 },
  );
  path = process.env.PATH ?? "";
  const checkout = await newCheckout(host.directory, "one");
  tip = await commitFiles(checkout, { big: randomBytes(10 * 1024 ** 2) }); // more than sockets and streams hold
  expect((await git(checkout, "push", host.url("shop"), "main")).code).toBe(0);
});
afterAll(() => host.close());
beforeEach(() => {
  started = [];
  subscribe("child_process", note);
});
afterEach(() => {
  unsubscribe("child_process", note);
  process.env.PATH = path;
  expect(host.faults).toEqual([]);
  expect(process.hasUncaughtExceptionCaptureCallback()).toBe(false);
});

const pkt = (line: string) => (line.length + 4).toString(16).padStart(4, "0") + line;
const listRefs = `${pkt("command=ls-refs\n")}0000`;
const endless = `${pkt("command=ls-refs\n")}0001${pkt("ref-prefix refs/heads/\n").repeat(5000)}`;
const cloneAll = () =>
  `${pkt("command=fetch")}${pkt("agent=test")}0001${pkt("no-progress")}${pkt(`want ${tip}\n`)}${pkt("done\n")}0000`;

function send(method: "GET" | "POST", headers: Record<string, string> = {}, port = host.port): ClientRequest {
  const what = method === "GET" ? "info/refs?service=git-upload-pack" : "git-upload-pack";
  return request({
    agent: false,
    host: "127.0.0.1",
    port,
    method,
    path: `/git/shop.git/${what}`,
    headers: {
      authorization: `Basic ${Buffer.from("x:viewer").toString("base64")}`,
      "git-protocol": "version=2",
      ...headers,
    },
  });
}

async function answerTo(
  sent: ClientRequest,
  body: string | Buffer = "",
): Promise<{ status: number; body: string }> {
  sent.end(body);
  const [res] = (await once(sent, "response")) as [IncomingMessage];
  return { status: res.statusCode ?? 0, body: await text(res) };
}

const ended = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
};

/** Puts a program in the place of the git-upload-pack that the library starts. */
async function inPlaceOfGit(script: string): Promise<void> {
  const directory = join(host.directory, "instead");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  await writeFile(join(directory, "git-upload-pack"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${directory}:${path}`;
}

test("what is offered is what git itself offers, byte for byte", async () => {
  const offered = await answerTo(send("GET"));
  const repository = host.door.repositories.spawn(shop.id, ["upload-pack", "--http-backend-info-refs", "."], {
    stdio: ["ignore", "pipe", "ignore"],
    environment: { GIT_PROTOCOL: "version=2" },
  });
  expect(offered).toEqual({ status: 200, body: await text(repository.stdout as NodeJS.ReadableStream) });
});

test("the library's git has the fixed environment, whatever the server's was, and the app's directory", async () => {
  const seen = join(host.directory, "seen");
  await inPlaceOfGit(`env > ${seen}; echo "args=$*" >> ${seen}; exec git upload-pack "$@"`);
  const answer = await answerTo(send("POST"), listRefs);
  expect(answer.body).toContain(`${tip} refs/heads/main`);
  const lines = (await readFile(seen, "utf8")).trim().split("\n");
  const { PATH: _path, ...fixed } = host.door.repositories.inheritedEnvironment();
  const shellsOwn = /^(PATH|PWD|OLDPWD|SHLVL|_)=/;
  expect(lines.filter((line) => !shellsOwn.test(line)).sort()).toEqual(
    [
      ...Object.entries(fixed).map(([name, value]) => `${name}=${value}`),
      `args=--stateless-rpc ${host.door.repositories.path(shop.id)}`,
    ].sort(),
  );
});

test("what is no request is answered, and no git stays", async () => {
  const gzip = { "content-encoding": "gzip" };
  expect((await answerTo(send("POST", gzip), "garbage")).status).toBe(422);
  expect((await answerTo(send("POST", gzip), gzipSync(endless))).status).toBe(413);
  expect((await answerTo(send("POST", { "content-encoding": "deflate" }), listRefs)).status).toBe(422);
  const chunked = { "transfer-encoding": "chunked" };
  expect((await answerTo(send("POST", chunked), endless)).status).toBe(413);
  expect((await answerTo(send("POST"), gzipSync(listRefs))).status).toBe(500); // git says it is no packet
  expect(host.faults.splice(0).map(String)).toEqual([expect.stringContaining("git failed")]);
  expect((await answerTo(send("POST", gzip), gzipSync(listRefs))).status).toBe(200);
  expect(started).toHaveLength(6);
  await Promise.all(started.map(ended));
});

test.each(["GET", "POST"] as const)(
  "a %s whose git hangs ends at the idle limit, git too",
  async (method) => {
    await inPlaceOfGit("exec sleep 1000");
    const impatient = createServer(gitRouter({ ...host.door, limits: { idleMs: 300 } }));
    await new Promise<void>((resolve) => impatient.listen(0, "127.0.0.1", resolve));
    const sent = send(method, {}, (impatient.address() as AddressInfo).port);
    await expect(answerTo(sent, method === "POST" ? listRefs : "")).rejects.toThrow("socket hang up");
    impatient.close();
    expect(started).toHaveLength(1);
    await Promise.all(started.map(ended));
    expect(started[0]?.signalCode).toBe("SIGTERM");
  },
);

test("a git that reads nothing and fails at once is an error for the caller and the operator", async () => {
  await inPlaceOfGit("exec 0<&-; echo no >&2; exit 3");
  expect((await answerTo(send("POST"), Buffer.alloc(60_000, listRefs))).status).toBe(500);
  expect((await answerTo(send("GET"))).status).toBe(500);
  expect(host.faults.splice(0).map(String)).toEqual([
    expect.stringContaining("git failed (exit 3): no"),
    expect.stringContaining("git failed (exit 3): no"),
  ]);
});

test("a git that cannot be started is an error for the caller and the operator, and not the server's end", async () => {
  process.env.PATH = "/nonexistent";
  expect((await answerTo(send("POST"), listRefs)).status).toBe(500);
  expect((await answerTo(send("GET"))).status).toBe(500);
  expect(host.faults.splice(0).map(String)).toEqual(Array(2).fill(expect.stringContaining("ENOENT")));
  await expect(fetchByLibrary("/no\0directory")).rejects.toThrow("null bytes"); // thrown in the library's own tick
});

test("20 clients that leave in the middle of a clone leave no git and no listener", async () => {
  const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const before = listeners();
  for (let i = 0; i < 20; i += 1) {
    const sent = send("POST");
    sent.on("error", () => undefined); // it is we who leave
    sent.end(cloneAll());
    const [res] = (await once(sent, "response")) as [IncomingMessage];
    res.on("error", () => undefined);
    await once(res, "data");
    sent.destroy();
  }
  expect(started).toHaveLength(20);
  await Promise.all(started.map(ended));
  expect(started.map((child) => child.signalCode)).toEqual(Array(20).fill("SIGTERM"));
  expect(listeners()).toEqual(before);
  await noProcessIn(host.door.repositories.path(shop.id));
  expect((await git(host.directory, "clone", "-q", host.url("shop"), "after")).text).toBe("");
});

/** Waits until pack-objects has gone as well: it is told to end by its dying parent, which nobody else can see. */
async function noProcessIn(directory: string): Promise<void> {
  for (;;) {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "gone")));
    if (!places.includes(directory)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
