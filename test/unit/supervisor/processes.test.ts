import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProcesses } from "../../../supervisor/processes/find";
import { identify, isRunning, signal } from "../../../supervisor/processes/identity";
import { lockHolder, tryLock } from "../../../supervisor/processes/lock";
import { adopt, endProcess, watchChild } from "../../../supervisor/processes/running";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "paas-unit-")));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const idle = (script = "setInterval(() => {}, 1e6)", env: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, ["-e", `${script}; console.log("up")`], {
    cwd: dir,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
const up = (child: ReturnType<typeof idle>) => new Promise((resolve) => child.stdout.once("data", resolve));

test("a process is itself, and nobody else with its pid", () => {
  const self = identify(process.pid);
  expect(self && isRunning(self)).toBe(true);
  expect(self && isRunning({ ...self, startTime: "1" })).toBe(false);
  expect(self && isRunning({ ...self, bootId: "other" })).toBe(false);
  expect(self && signal({ ...self, startTime: "1" }, "SIGKILL")).toBe(false);
  expect(identify(2 ** 30)).toBeUndefined();
});

test("processes are found by their environment and by their directory, each once", async () => {
  const child = idle(undefined, { MARK: "x" });
  await up(child);
  const byVariable = findProcesses({ variable: "MARK=x", program: "node" });
  const byDir = findProcesses({ workingDir: dir, program: "node" });
  expect([byVariable, byDir].map((found) => found.map(({ pid }) => pid))).toEqual([[child.pid], [child.pid]]);
  expect(findProcesses({ variable: "MARK=y", program: "node" })).toEqual([]);
  expect(findProcesses({ workingDir: dir, program: "postgres" })).toEqual([]);
  const [found] = byVariable;
  if (found) await endProcess(adopt(found), "SIGTERM", 5000);
  expect(findProcesses({ variable: "MARK=x", program: "node" })).toEqual([]);
});

test("a process that ignores SIGTERM is killed", async () => {
  const child = idle("process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)");
  await up(child);
  const running = watchChild(child);
  if (running === undefined) throw new Error("it does not run");
  await endProcess(running, "SIGTERM", 50);
  expect(await running.ended).toBe("killed by SIGKILL");
});

test("a program that cannot be started tells why", async () => {
  const child = spawn("/no/such/program");
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  expect(watchChild(child)).toBeUndefined();
  expect((await failed).message).toContain("ENOENT");
});

test("a lock is held by one, names its holder, and is free again when released", () => {
  const path = join(dir, "lock");
  const lock = tryLock(path);
  expect(lock).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  expect(lockHolder(path)?.pid).toBe(process.pid);
  lock?.release();
  const again = tryLock(path);
  expect(again).toBeDefined();
  again?.release();
});

test("a lock ends with the process that holds it, and its name counts no more", async () => {
  const path = join(dir, "lock-of-the-dead");
  const script = `const { openSync } = require("fs"); const f = openSync(${JSON.stringify(path)}, "a+"); require("child_process").spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", f] }); setInterval(() => {}, 1e6)`;
  const child = idle(script, { PATH: process.env.PATH });
  await up(child);
  expect(tryLock(path)).toBeUndefined();
  const running = watchChild(child);
  if (running) await endProcess(running, "SIGKILL", 1000);
  const lock = tryLock(path);
  expect(lock).toBeDefined();
  lock?.release();
});
