import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { ComposeProject } from "../support/compose";
import { engineThingsOf } from "../support/engine-leftovers";
import { runProgram } from "../support/run-program";

jest.setTimeout(600_000);

const example = join(__dirname, "../../examples/node-hello");
let project: ComposeProject;

beforeAll(async () => {
  project = await ComposeProject.build();
  await project.compose("up", "--detach");
  await ready();
});

afterAll(() => project?.remove());

it("serves what is pushed to it", async () => {
  await project.paas("create", "hello");
  const pushed = await push("hello", "Hello from compose");
  expect(pushed).toContain(`http://hello.localhost:${project.httpPort} deployed as v1`);
  expect(await page("hello")).toContain("Hello from compose");
  const { stdout } = await project.paas("logs", "--app", "hello", "--source", "router");
  expect(stdout).toContain("paas[router]: at=info method=GET");
});

it("goes on with the same platform and the same app after down and up", async () => {
  const platformId = await project.platformId();
  await project.compose("down");
  await project.compose("up", "--detach");
  await ready();
  expect(await project.platformId()).toBe(platformId);
  expect(await page("hello")).toContain("Hello from compose");
  const { stdout } = await project.paas("logs", "--app", "hello", "--source", "app");
  expect(stdout.match(/listening/g)).toHaveLength(1);
});

it("keeps its databases on 127.0.0.1 and its passwords off every command line", () => {
  const { PAAS_POSTGRES_PORT, PAAS_REDIS_PORT, PAAS_POSTGRES_PASSWORD, PAAS_REDIS_PASSWORD } =
    project.settings;
  const loopback = "0100007F";
  for (const port of [PAAS_POSTGRES_PORT, PAAS_REDIS_PORT])
    expect(listeningOn(Number(port))).toEqual([loopback]);
  const commandLines = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine);
  for (const password of [PAAS_POSTGRES_PASSWORD, PAAS_REDIS_PASSWORD])
    expect(commandLines.filter((line) => line.includes(String(password)))).toEqual([]);
});

it("leaves nothing of a destroyed app", async () => {
  await project.paas("destroy", "hello", "--confirm", "hello");
  expect(await engineThingsOf(await project.platformId())).toEqual([]);
});

/** `up` returns when the containers run; the roles take another moment. */
async function ready(): Promise<void> {
  const patience = AbortSignal.timeout(60_000);
  for (;;) {
    const status = await project.paas("status").catch((error: unknown) => error);
    if (!(status instanceof Error)) return;
    if (patience.aborted) throw status;
    await delay(250);
  }
}

async function push(app: string, message: string): Promise<string> {
  const dir = join(project.home, app);
  mkdirSync(dir);
  cpSync(example, dir, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const token = (await project.inService("server", "cat", "/var/lib/paas/admin.token")).stdout.trim();
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: project.home,
    TOKEN: token,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const git = async (...words: string[]) => {
    const result = await runProgram("git", words, { cwd: dir, env });
    if (result.exitCode !== 0) throw new Error(`git ${words[0]}: ${result.stderr}`);
    return result;
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Test");
  await git("config", "user.email", "test@example.org");
  await git("config", "credential.helper", '!f() { echo username=paas; echo "password=$TOKEN"; }; f');
  const file = join(dir, "server.js");
  const changed = readFileSync(file, "utf8").replace("Hello from paas", message);
  expect(changed).toContain(message);
  writeFileSync(file, changed);
  await git("add", "--all");
  await git("commit", "--quiet", "--message=change");
  return (await git("push", `http://127.0.0.1:${project.apiPort}/git/${app}.git`, "main")).stderr;
}

function page(app: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: project.httpPort, headers: { Host: `${app}.localhost` } };
    request(options, (answer) => resolve(text(answer)))
      .once("error", reject)
      .end();
  });
}

/** Local addresses, in the kernel's hexadecimal form, on which a port is listened to. */
function listeningOn(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(suffix) && state === "0A")
      .map(([, local]) => local?.split(":")[0] ?? ""),
  );
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended since the directory was read.
    return "";
  }
}
