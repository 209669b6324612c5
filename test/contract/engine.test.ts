import { text } from "node:stream/consumers";
import { newId } from "../../core/id";
import type { EngineInstance, InstanceSpec } from "../../core/instance";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import type { DiskUse, EngineEvent, LogEntry, ProbeWish } from "../../server/engines/engine";
import type { EngineParts } from "../../server/engines/open";
import { commandSpec, instanceSpec, runSpec } from "../support/engine-specs";
import { brief, greedy, hoarding, serve, stubborn } from "../support/programs";
import { clear, dockerWorld, type EngineWorld, fakeWorld, testPlatform } from "./engine-worlds";

jest.setTimeout(60_000);

const worlds: [string, () => Promise<EngineWorld>][] = [
  ["fake", fakeWorld],
  ["docker", dockerWorld],
];

describe.each(worlds)("engine contract: %s", (_name, makeWorld) => {
  const appId = newId();
  let world: EngineWorld;
  let parts: EngineParts;
  let addresses: string[];
  const spec = (over: Partial<InstanceSpec> = {}) =>
    instanceSpec(world.image, appId, addresses.shift() ?? "", { command: serve(), ...over });
  const find = async (id: string): Promise<EngineInstance | undefined> =>
    (await parts.engine.list(appId)).find((instance) => instance.id === id);
  const entries = async (id: string, since: string | null = null, follow = false): Promise<LogEntry[]> => {
    const read: LogEntry[] = [];
    const { signal } = new AbortController();
    for await (const entry of parts.engine.logs(id, { since, follow, signal })) read.push(entry);
    return read;
  };
  /** Reads until the line comes, i.e. the program is so far. */
  const sees = async (id: string, line: string): Promise<void> => {
    const { signal } = new AbortController();
    for await (const entry of parts.engine.logs(id, { since: null, follow: true, signal }))
      if (entry.text === line) return;
    throw new Error(`${id} ended without saying ${line}`);
  };

  beforeAll(async () => {
    world = await makeWorld();
    parts = world.open(testPlatform());
    addresses = instanceAddresses((await parts.networks.ensure(appId)).subnet);
  });
  const others: EngineParts[] = [];
  const another = (): EngineParts => {
    const opened = world.open(testPlatform());
    others.push(opened);
    return opened;
  };
  afterAll(async () => {
    for (const opened of [parts, ...others]) await clear(opened, [appId, "other"]);
  });

  test("a started instance is listed with all that its labels tell, and answers its probe", async () => {
    const { engine } = parts;
    const web = spec({ slot: 2, version: 7, generation: 3 });
    await engine.start(web);
    await sees(web.id, "listening");
    expect(await find(web.id)).toEqual({
      id: web.id,
      appId,
      type: "web",
      slot: 2,
      releaseId: "release1",
      version: 7,
      generation: 3,
      specHash: "hash1",
      address: web.address,
      port: 5000,
      state: "running",
      startedAt: expect.any(Date),
      exitCode: null,
      oom: null,
      finishedAt: null,
      lost: false,
    });
    expect(await engine.probe(web.address, 5000, 5_000)).toEqual({ ready: true, seen: "http 200" });
    expect(await engine.probe(web.address, 5001, 5_000)).toEqual({
      ready: false,
      seen: "connection refused",
    });
    expect(await engine.listeners(web.id)).toEqual(["0.0.0.0:5000"]);
  });

  test("a probe can ask for a path, a status, a content or only a connection", async () => {
    const { engine } = parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    const ask = (port: number, wish: ProbeWish) => engine.probe(web.address, port, 5_000, wish);
    const http = {
      kind: "http",
      protocol: "http1",
      path: "/up",
      headers: { "X-Check": "1" },
      statuses: null,
      content: null,
    } as const;
    expect(await ask(5000, http)).toEqual({ ready: true, seen: "http 200" });
    expect(await ask(5000, { ...http, content: "ok" })).toEqual({ ready: true, seen: 'http 200 with "ok"' });
    expect(await ask(5000, { ...http, content: "no" })).toEqual({
      ready: false,
      seen: 'http 200 without "no"',
    });
    expect(await ask(5000, { ...http, statuses: [204] })).toEqual({ ready: false, seen: "http 200" });
    expect(await ask(5001, http)).toEqual({ ready: false, seen: "connection refused" });
    expect(await ask(5000, { kind: "tcp" })).toEqual({ ready: true, seen: "connected" });
    expect(await ask(5001, { kind: "tcp" })).toEqual({ ready: false, seen: "connection refused" });
  });

  test("a probe by HTTP/2 is not content with HTTP/1.1", async () => {
    const { engine } = parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    const no = { ready: false, seen: "no HTTP/2 answer" };
    expect(await engine.probe(web.address, 5000, 5_000, { kind: "any", protocol: "h2c" })).toEqual(no);
    expect(await engine.probe(web.address, 5000, 5_000, { kind: "grpc", service: "" })).toEqual(no);
  });

  test("a command inside tells its exit code and what it said, and none when it hangs or nothing runs", async () => {
    const { engine } = parts;
    const web = spec();
    expect(await engine.exec(web.id, ["true"], 5_000)).toMatchObject({ exitCode: null });
    await engine.start(web);
    const exec = (...argv: string[]) => engine.exec(web.id, argv, 5_000);
    expect(await exec("true")).toEqual({ exitCode: 0, output: "" });
    expect(await exec("sh", "-c", "echo here; exit 3")).toEqual({ exitCode: 3, output: "here" });
    expect((await exec("no-such-program")).exitCode).toBeGreaterThan(0);
    expect(await engine.exec(web.id, ["sleep", "1000"], 200)).toEqual({
      exitCode: null,
      output: "not done within 0.2 s",
    });
    await engine.end(web.id, 0);
    expect(await engine.exec(web.id, ["true"], 5_000)).toMatchObject({ exitCode: null });
  });

  test("what the kernel killed for its memory tells its limit and its peak", async () => {
    const web = spec({ command: greedy, limits: { memoryMb: 32, cpus: 0, pids: 64 } });
    await parts.engine.start(web);
    await entries(web.id, null, true);
    expect(await find(web.id)).toMatchObject({
      state: "exited",
      exitCode: 137,
      oom: { peakMb: 32, limitMb: 32 },
    });
  });

  test("what a container keeps on disk is told, with whose limits it has", async () => {
    const { engine } = parts;
    const web = spec({ command: hoarding });
    await engine.start(web);
    for await (const { text } of engine.logs(web.id, {
      since: null,
      follow: true,
      signal: new AbortController().signal,
    }))
      if (text === "written") break;
    const uses: DiskUse[] = [];
    for await (const use of engine.diskUse()) uses.push(use);
    const own = uses.find(({ id }) => id === web.id);
    expect(own).toMatchObject({ appId, kind: "instance", type: "web" });
    expect(own?.bytes).toBeGreaterThanOrEqual(8 * 1024 * 1024);
    await engine.end(web.id, 0);
    for await (const { id } of engine.diskUse()) expect(id).not.toBe(web.id);
  });

  test("starting what is already there is success for the same spec only", async () => {
    const { engine } = parts;
    const web = spec();
    await engine.start(web);
    await engine.start(web);
    expect((await engine.list(appId)).filter(({ id }) => id === web.id)).toHaveLength(1);
    await expect(engine.start({ ...web, specHash: "other" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("an instance that ended tells its exit code, and is not started again", async () => {
    const { engine } = parts;
    const web = spec({ command: brief });
    await engine.start(web);
    await entries(web.id, null, true);
    const ended = await find(web.id);
    expect(ended).toMatchObject({ state: "exited", exitCode: 3, finishedAt: expect.any(Date), lost: false });
    await engine.start(web);
    expect(await find(web.id)).toEqual(ended);
  });

  test("end leaves the instance with its lines, stop removes it, both know when it is gone", async () => {
    const { engine } = parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    await engine.end(web.id, 5_000);
    expect(await find(web.id)).toMatchObject({ state: "exited", exitCode: 143 });
    expect(await entries(web.id)).toHaveLength(1);
    await engine.end(web.id, 5_000);
    await engine.stop(web.id, 5_000);
    expect(await find(web.id)).toBeUndefined();
    await engine.stop(web.id, 5_000);
    await engine.end(web.id, 5_000);
    expect(await entries(web.id)).toEqual([]);
    expect(await engine.listeners(web.id)).toEqual([]);
  });

  test("what ignores SIGTERM is killed after the grace", async () => {
    const web = spec({ command: stubborn });
    await parts.engine.start(web);
    await sees(web.id, "ready");
    await parts.engine.end(web.id, 1_000);
    expect(await find(web.id)).toMatchObject({ state: "exited", exitCode: 137 });
  });

  test("a missing image is not found, an address in use a conflict", async () => {
    const { engine } = parts;
    const web = spec();
    const gone = { ...world.image, id: `sha256:${"0".repeat(64)}` };
    await expect(engine.start(spec({ image: gone }))).rejects.toMatchObject({ code: "not_found" });
    await engine.start(web);
    const second = spec({ address: web.address });
    await expect(engine.start(second)).rejects.toMatchObject({ code: "conflict" });
    expect(await find(second.id)).toMatchObject({ state: "created" });
    await engine.stop(web.id, 0);
    await engine.start(second);
    expect(await find(second.id)).toMatchObject({ state: "running" });
  });

  test("logs are in order, split by stream, resumed after a cursor, and end with their container", async () => {
    const web = spec({ command: brief });
    await parts.engine.start(web);
    const all = await entries(web.id, null, true);
    const texts = (stream: string) =>
      all.filter((entry) => entry.stream === stream).map((entry) => entry.text);
    expect([texts("stdout"), texts("stderr")]).toEqual([["one", "two"], ["oops"]]);
    expect(await entries(web.id, all[0]?.cursor)).toEqual(all.slice(1));
    expect(await entries(web.id, all.at(-1)?.cursor)).toEqual([]);
    expect(await entries("nobodyknowsme", null, true)).toEqual([]);
    const { signal } = new AbortController();
    const tail: LogEntry[] = [];
    for await (const entry of parts.engine.logs(web.id, { since: null, follow: false, signal, tail: 2 }))
      tail.push(entry);
    expect(tail).toHaveLength(2);
  });

  test("following ends when it is aborted and when the container is removed", async () => {
    const { engine } = parts;
    const web = spec();
    await engine.start(web);
    const abort = new AbortController();
    for await (const _ of engine.logs(web.id, { since: null, follow: true, signal: abort.signal }))
      abort.abort();
    const rest = entries(web.id, null, true);
    await sees(web.id, "listening");
    await engine.stop(web.id, 0);
    expect(await rest).toHaveLength(1);
  });

  test("events tell starts and ends of this platform's instances until aborted", async () => {
    const abort = new AbortController();
    const seen: EngineEvent[] = [];
    const [ours, neighbour] = [spec({ command: brief }), another()];
    const watch = (async () => {
      for await (const event of parts.engine.events(abort.signal)) {
        seen.push(event);
        if (event.instanceId === ours.id && event.what === "die") abort.abort();
      }
    })();
    const { subnet } = await neighbour.networks.ensure("other");
    const theirs = instanceSpec(world.image, "other", instanceAddresses(subnet)[0] ?? "", { command: brief });
    await neighbour.engine.start(theirs);
    await parts.engine.start(ours);
    await watch;
    const { id: instanceId } = ours;
    expect(seen).toEqual([
      { appId, instanceId, what: "start" },
      { appId, instanceId, what: "die" },
    ]);
  });

  test("two platforms on one engine do not see or touch each other", async () => {
    const other = another();
    const web = spec();
    await parts.engine.start(web);
    await sees(web.id, "listening");
    expect(await other.engine.list()).toEqual([]);
    expect(await other.engine.listeners(web.id)).toEqual([]);
    await other.engine.stop(web.id, 0);
    await other.engine.removeRuns();
    await other.networks.remove(appId);
    for await (const _ of other.engine.logs(web.id, {
      since: null,
      follow: false,
      signal: new AbortController().signal,
    }))
      throw new Error("another platform's lines");
    expect(await find(web.id)).toMatchObject({ state: "running" });
  });

  test("a one-off gives back its stdin and its exit code, and leaves nothing", async () => {
    const echo = await parts.engine.run(runSpec(world.image, appId, ["cat"]));
    echo.stdin?.end("hello\n");
    expect(await text(echo.stdout)).toBe("hello\n");
    echo.stderr?.resume();
    expect(await echo.exited).toBe(0);
    await echo.end();
    await echo.end();
    const seven = await parts.engine.run(
      runSpec(world.image, appId, ["sh", "-c", "exit 7"], { stdin: false }),
    );
    expect(seven.stdin).toBeNull();
    seven.stdout.resume();
    seven.stderr?.resume();
    expect(await seven.exited).toBe(7);
    await seven.end();
    await expect(
      parts.engine.run(runSpec({ ...world.image, id: "paas/none:1" }, appId, ["true"])),
    ).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("one-offs of a dead server are removed and are no instances", async () => {
    const before = await parts.engine.list();
    const left = await parts.engine.run(runSpec(world.image, appId, ["sleep", "1000"]));
    left.stdout.resume();
    left.stderr?.resume();
    expect(await parts.engine.list()).toEqual(before);
    await parts.engine.removeRuns();
    expect(await left.exited).toBeGreaterThan(128);
    await left.end();
  });

  test("a command is created without running, runs once, and keeps its exit code and lines until it is stopped", async () => {
    const { engine } = parts;
    const before = await engine.list();
    const spec = commandSpec(world.image, appId, ["sh", "-c", "echo once; exit 4"]);
    const { releaseId } = spec;
    const mine = async () => (await engine.commands(appId)).filter((one) => one.releaseId === releaseId);
    await engine.createCommand(spec);
    await engine.createCommand(spec);
    expect(await mine()).toEqual([{ appId, releaseId, version: 7, state: "created", exitCode: null }]);
    await engine.startCommand(releaseId);
    expect((await entries(releaseId, null, true)).map(({ text }) => text)).toEqual(["once"]);
    const ended = [{ appId, releaseId, version: 7, state: "exited", exitCode: 4 }];
    expect(await mine()).toEqual(ended);
    await engine.startCommand(releaseId);
    await engine.createCommand(spec);
    await engine.removeRuns();
    expect(await mine()).toEqual(ended);
    expect(await entries(releaseId)).toHaveLength(1);
    expect(await engine.list()).toEqual(before);
    expect(await another().engine.commands()).toEqual([]);
    await engine.stop(releaseId, 0);
    expect(await mine()).toEqual([]);
    await engine.startCommand(releaseId);
    expect(await mine()).toEqual([]);
  });

  test("a detached one-off can be found, read and waited for, until it is stopped", async () => {
    const { engine } = parts;
    const run = runSpec(world.image, appId, ["sleep", "1000"], { stdin: false });
    await engine.runDetached(run);
    expect(await engine.runs(appId)).toEqual([{ id: run.id, appId, state: "running" }]);
    expect(await engine.runs("other")).toEqual([]);
    const aborted = new AbortController();
    const waiting = engine.runEnd(run.id, aborted.signal);
    aborted.abort();
    await expect(waiting).rejects.toThrow();
    const end = engine.runEnd(run.id, new AbortController().signal);
    await engine.end(run.id, 0);
    expect(await end).toBeGreaterThan(128);
    expect(await engine.runs(appId)).toMatchObject([{ id: run.id, state: "exited" }]);
    expect(await engine.runEnd(run.id, new AbortController().signal)).toBeGreaterThan(128);
    await engine.stop(run.id, 0);
    expect(await engine.runEnd(run.id, new AbortController().signal)).toBeNull();
    const broken = runSpec({ ...world.image, id: "paas/none:1" }, appId, ["true"], { stdin: false });
    await expect(engine.runDetached(broken)).rejects.toMatchObject({ code: "not_found" });
    expect(await engine.runs(appId)).toEqual([]);
  });

  test("it says its version", async () => {
    expect(await parts.engine.version()).toEqual({
      version: expect.any(String),
      apiVersion: expect.any(String),
    });
  });

  test("it tells about itself: versions, where it keeps things, what a restart of it costs", async () => {
    const version = await parts.engine.version();
    expect(version).toEqual({ version: expect.any(String), apiVersion: expect.any(String) });
    expect(await parts.engine.info()).toEqual({
      ...version,
      liveRestore: expect.any(Boolean),
      dataDir: expect.stringMatching(/^\//),
    });
  });
});
