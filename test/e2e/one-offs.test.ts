import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunView } from "../../core/wire";
import { engineThingsOf } from "../support/engine-leftovers";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

jest.setTimeout(90_000);

let platform: TestPlatform;
let shop: Project;
beforeAll(async () => {
  platform = await startPlatform();
  shop = await Project.create(platform, "shop");
  await shop.commit(await dockerApp("one"));
  const { exitCode, stderr } = await shop.push("main");
  if (exitCode !== 0) throw new Error(stderr);
}, 180_000);
afterAll(() => platform?.stop(), 120_000);

const cli = (...args: string[]) => platform.cli(args, { cwd: shop.dir });

async function detached(...words: string[]): Promise<string> {
  const { stdout } = await shop.paas("run:detached", ...words);
  return stdout.trim();
}

async function runs(): Promise<RunView[]> {
  const { stdout, exitCode } = await cli("run:list", "--all", "--json");
  return exitCode === 0 ? (JSON.parse(stdout) as RunView[]) : [];
}

/** The run once it is as wanted; asks until it is. */
async function seen(name: string, wanted: (run: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const run = (await runs()).find((one) => one.name === name);
    if (run && wanted(run)) return run;
    await pause(100);
  }
}
const ended = (name: string) => seen(name, ({ endedAt }) => endedAt !== null);

const output = async (name: string): Promise<string> =>
  (await cli("run:logs", name)).stdout.replace(/^\S+ /gm, "");

/** Until nothing of the app is left on the engine but what serves. */
async function noOneOffs(): Promise<void> {
  while ((await engineThingsOf(platform.id)).some((thing) => thing.includes("-run."))) await pause(100);
}

const sleeping = { words: ["sleep", "1000"], env: {} };
async function api(method: string, path: string, body?: object): Promise<{ name: string }> {
  const answer = await fetch(`http://127.0.0.1:${platform.apiPort}/v1/apps/shop/runs${path}`, {
    method,
    headers: { Authorization: `Bearer ${platform.token}`, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? { name: "" } : ((await answer.json()) as { name: string });
}

test("a detached one-off writes to the app's logs and leaves its exit code, and no container", async () => {
  const name = await detached("-e", "WHO=you", "sh", "-c", 'echo "hello $WHO on $PORT"; exit 3');
  expect(name).toMatch(/^run\.\d{4}$/);
  expect(await ended(name)).toMatchObject({ kind: "detached", exitCode: 3, outcome: "exited", version: 1 });
  expect(await output(name)).toBe(
    `app[${name}]: hello you on 5000\npaas[${name}]: Process exited with status 3\n`,
  );
  await noOneOffs();
});

test("run:stop ends it with SIGTERM, and says what does not run", async () => {
  const name = await detached(
    "perl",
    "-e",
    "$| = 1; $SIG{TERM} = sub { exit 9 }; print qq(up\\n); sleep 1 while 1",
  );
  while (!(await output(name)).includes("up"));
  expect((await cli("run:list")).stdout).toContain(name);
  expect((await cli("run:stop", name)).exitCode).toBe(0);
  expect((await runs())[0]).toMatchObject({ name, exitCode: 9, outcome: "stopped" });
  const again = await cli("run:stop", name);
  expect(again).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("paas run:list") });
});

test("a killed server: detached ones go on and are taken up again, attached ones are removed", async () => {
  const name = await detached(
    "sh",
    "-c",
    "echo before; until [ -e /tmp/go ]; do sleep 0.1; done; echo after; exit 5",
  );
  const brief = await detached("sh", "-c", "echo first; sleep 1; echo last; exit 6");
  const client = spawn(
    process.execPath,
    [join(__dirname, "../../bin/paas"), "run", "sh", "-c", "echo up; sleep 1000"],
    {
      env: platform.env,
      cwd: shop.dir,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  await once(client.stdout, "data");
  const left = once(client, "exit");
  await platform.killRole("server");
  expect((await left)[0]).toBe(75);
  expect(await ended(brief)).toMatchObject({ exitCode: 6, outcome: "exited" });
  expect(await output(brief)).toBe(
    `app[${brief}]: first\napp[${brief}]: last\npaas[${brief}]: Process exited with status 6\n`,
  );
  const attached = (await runs()).find(({ kind }) => kind === "attached");
  expect(attached).toMatchObject({ outcome: "lost", exitCode: null });
  expect(await seen(name, () => true)).toMatchObject({ endedAt: null });
  expect((await cli("run:stop", name)).exitCode).toBe(0);
  expect(await ended(name)).toMatchObject({ exitCode: 143, outcome: "stopped" });
  expect((await output(name)).match(/before/g)).toHaveLength(1);
  await noOneOffs();
});

test("an app has at most ten at once, of any kind", async () => {
  const started = await Promise.all(Array.from({ length: 10 }, () => api("POST", "", sleeping)));
  const names = started.map(({ name }) => name);
  expect(new Set(names).size).toBe(10);
  for (const words of [
    ["run:detached", "true"],
    ["run", "true"],
  ])
    expect(await cli(...words)).toMatchObject({
      exitCode: 75,
      stderr: expect.stringContaining("paas run:stop"),
    });
  await Promise.all(names.map((name) => api("DELETE", `/${name}`)));
  expect((await cli("run", "true")).exitCode).toBe(0);
  expect((await runs())[0]).toMatchObject({ kind: "attached", outcome: "exited", exitCode: 0 });
  await noOneOffs();
});

test("a schedule runs at its due times, each recorded once, and on demand; overlap is refused", async () => {
  const cron = [
    { command: 'echo "tick in $(pwd)"', schedule: "* * * * *", timezone: "Europe/Berlin" },
    { command: "sleep 1000", schedule: "0 0 1 1 *" },
  ];
  await shop.commit({ "app.json": JSON.stringify({ cron }) });
  expect((await shop.push("main")).exitCode).toBe(0);
  const listed = JSON.parse((await cli("cron", "--json")).stdout) as { name: string; nextAt: string }[];
  expect(listed).toMatchObject([
    { name: "cron.1" },
    { name: "cron.2", nextAt: expect.stringContaining("-01-01T00:00") },
  ]);
  expect((await cli("cron:run", "2")).exitCode).toBe(0);
  const again = await cli("cron:run", "2");
  expect(again).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("paas run:stop cron.2") });
  expect((await cli("run:stop", "cron.2")).exitCode).toBe(0);
  const due = await ended("cron.1");
  expect(due).toMatchObject({
    kind: "cron",
    actor: "cron",
    outcome: "exited",
    exitCode: 0,
    dueAt: expect.any(String),
  });
  expect((await cli("cron:logs", "1")).stdout).toContain("app[cron.1]: tick in /app");
  expect((await cli("cron:logs")).stdout).toContain("app[cron.1]");
  await platform.killRole("server");
  await seen("cron.1", () => true);
  const sameTime = (await runs()).filter(({ dueAt }) => dueAt === due.dueAt);
  expect(sameTime).toHaveLength(1);
});

test("a schedule that cannot be read is refused with the push", async () => {
  await shop.commit({ "app.json": JSON.stringify({ cron: [{ command: "true", schedule: "soon" }] }) });
  const { exitCode, stderr } = await shop.push("main");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('cron schedule "soon" cannot be read');
});
