import { randomBytes } from "node:crypto";
import { buffer, text } from "node:stream/consumers";
import { connectDocker } from "../../server/engines/docker/connection";
import type { RunSession } from "../../server/engines/engine";
import { DockerTestApp } from "../support/docker-test-app";
import { runSpec } from "../support/engine-specs";

jest.setTimeout(60_000);

let app: DockerTestApp;
beforeAll(async () => {
  app = await DockerTestApp.open();
});
afterAll(() => app.close());

const run = (argv: string[], over: Parameters<typeof runSpec>[3] = {}): Promise<RunSession> =>
  app.engine.run(
    runSpec({ id: app.baseRef, ref: app.baseRef, madeBy: "buildpack", port: 5000 }, app.appId, argv, over),
  );

test("a megabyte of any bytes goes in and comes out as it was, and stderr stays apart", async () => {
  const bytes = randomBytes(1024 * 1024);
  const session = await run(["sh", "-c", "cat; echo done >&2; exit 5"]);
  session.stdin?.end(bytes);
  const [out, err] = await Promise.all([buffer(session.stdout), text(session.stderr ?? session.stdout)]);
  expect([out.equals(bytes), err, await session.exited]).toEqual([true, "done\n", 5]);
  await session.end();
});

test("ending stdin leaves the output open", async () => {
  const session = await run(["sh", "-c", "wc -c; sleep 0.3; echo later"]);
  session.stderr?.resume();
  session.stdin?.end("four");
  expect(await text(session.stdout)).toBe("4\nlater\n");
  await session.end();
});

test("a reader that leaves holds up nothing, and input after the end is no fault", async () => {
  const session = await run(["sh", "-c", "head -c 3000000 /dev/zero; exit 4"]);
  session.stdout.destroy();
  session.stderr?.resume();
  expect(await session.exited).toBe(4);
  session.stdin?.write("too late");
  await session.end();
});

test("a terminal has the size it was given, and a new one after a resize", async () => {
  const script = "trap 'stty size; exit' WINCH; stty size; tty; echo go; while :; do sleep 0.05; done";
  const session = await run(["sh", "-c", `sleep 0.5; ${script}`], {
    tty: true,
    size: { columns: 91, rows: 33 },
  });
  expect(session.stderr).toBeNull();
  let seen = "";
  for await (const chunk of session.stdout) {
    seen += chunk;
    if (seen.includes("go\r\n") && !seen.includes("40 120")) await session.resize(120, 40);
  }
  expect(seen).toMatch(/^33 91\r\n\/dev\/pts\/\d+\r\ngo\r\n40 120\r\n$/);
  expect(await session.exited).toBe(0);
  await session.end();
});

test("a signal arrives, and its exit code comes back", async () => {
  const session = await run([
    "perl",
    "-e",
    '$| = 1; $SIG{INT} = sub { exit 12 }; print "ready\\n"; sleep 1 while 1',
  ]);
  session.stderr?.resume();
  for await (const _ of session.stdout) await session.signal("SIGINT");
  expect(await session.exited).toBe(12);
  await session.signal("SIGINT");
  await session.end();
});

test("what cannot start leaves nothing behind; what ended is removed", async () => {
  const broken = runSpec(
    { id: app.baseRef, ref: app.baseRef, madeBy: "buildpack", port: 5000 },
    "no-such-app",
    ["true"],
  );
  await expect(app.engine.run(broken)).rejects.toMatchObject({ code: "not_found" });
  const docker = connectDocker(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  const filters = { label: [`paas.app=${app.appId}`] };
  expect(await docker.listContainers({ all: true, filters })).toEqual([]);
  const lost = await docker.listContainers({ all: true, filters: { label: ["paas.app=no-such-app"] } });
  expect(lost).toEqual([]);
});
