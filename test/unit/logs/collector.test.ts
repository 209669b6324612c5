import { readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PaasError } from "../../../core/error";
import { AppLogs } from "../../../server/logs/app-logs";
import { LogCollector } from "../../../server/logs/collector";
import { fc } from "../../support/properties";
import { FakeOutput } from "./fake-output";
import { appLine, take, texts, withFolder } from "./support";

const quiet = () => undefined;
const all = { lines: 1e6 };

describe("LogCollector", () => {
  it("copies lines as they come, and what a container wrote outlives it", () =>
    withFolder(async (root) => {
      const [engine, logs] = [new FakeOutput(), new AppLogs(root)];
      const collector = new LogCollector(engine, logs, quiet);
      const web = engine.add("i1");
      engine.write("i1", "before");
      collector.collect(web);
      collector.collect(web);
      const tailing = take(logs.tail("shop", { lines: 9, signal: new AbortController().signal }), 2);
      engine.write("i1", "live");
      expect(texts(await tailing)).toEqual(["before", "live"]);
      engine.write("i1", "last words");
      engine.exit("i1");
      expect(await collector.drained("i1")).toBe(true);
      engine.remove("i1");
      await collector.forget("i1");
      expect(texts(await logs.read("shop", all))).toEqual(["before", "live", "last words"]);
      expect([...(await logs.positions("shop"))]).toEqual([]);
      await collector.close();
    }));

  it("has read everything of an ended container when it is drained, also a flood", () =>
    withFolder(async (root) => {
      const [engine, logs] = [new FakeOutput(), new AppLogs(root)];
      const collector = new LogCollector(engine, logs, quiet);
      const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
      const web = engine.add("i1");
      engine.write("i1", ...lines);
      engine.exit("i1");
      collector.collect(web);
      expect(await collector.drained("i1", 60_000)).toBe(true);
      expect(texts(await logs.read("shop", all))).toEqual(lines);
      expect(await collector.drained("unknown")).toBe(true);
    }));

  it.each([
    ["cleanly", null],
    ["with an error", new PaasError("unavailable", "the engine is gone")],
  ])("comes back when the engine ends its streams %s", (_, error) =>
    withFolder(async (root) => {
      const [engine, logs] = [new FakeOutput(), new AppLogs(root)];
      const failures: unknown[] = [];
      const collector = new LogCollector(engine, logs, (_source, failure) => failures.push(failure));
      const web = engine.add("i1");
      collector.collect(web);
      const tailing = take(logs.tail("shop", { lines: 9, signal: new AbortController().signal }), 1);
      engine.write("i1", "one");
      await tailing;
      engine.dropStreams(error);
      engine.write("i1", "two");
      engine.exit("i1");
      await collector.drained("i1", 60_000);
      expect(texts(await logs.read("shop", all))).toEqual(["one", "two"]);
      expect(failures).toEqual(error ? [error] : []);
    }),
  );

  it.each(["instance", "run", "command"] as const)(
    "goes on following a %s that outlives its stream",
    (kind) =>
      withFolder(async (root) => {
        const [engine, logs] = [new FakeOutput(), new AppLogs(root)];
        const collector = new LogCollector(engine, logs, quiet);
        collector.collect(engine.add("i1", kind));
        const tailing = take(logs.tail("shop", { lines: 9, signal: new AbortController().signal }), 1);
        engine.write("i1", "one");
        await tailing;
        engine.dropStreams(null);
        while (engine.opened < 2) await pause(1);
        await pause(20);
        engine.write("i1", "two");
        engine.exit("i1");
        await collector.drained("i1", 60_000);
        expect(texts(await logs.read("shop", all))).toEqual(["one", "two"]);
      }),
  );

  it("waits no longer than its limit for a container that does not end", () =>
    withFolder(async (root) => {
      const engine = new FakeOutput();
      const collector = new LogCollector(engine, new AppLogs(root), quiet);
      collector.collect(engine.add("i1"));
      expect(await collector.drained("i1", 1)).toBe(false);
      await collector.close();
    }));

  it("forgets at start the containers that went while nobody looked, and no other position", () =>
    withFolder(async (root) => {
      const [engine, logs] = [new FakeOutput(), new AppLogs(root)];
      await logs.append("shop", [appLine("old")], {
        gone: "c1",
        i1: "2026-11-20T10:00:00.000000000Z",
        "@access": "5-0",
      });
      const web = engine.add("i1");
      engine.write("i1", "already there", "new");
      engine.exit("i1");
      const collector = new LogCollector(engine, logs, quiet);
      await collector.resume([web]);
      await collector.drained("i1");
      expect(texts(await logs.read("shop", all))).toEqual(["old", "new"]);
      expect([...(await logs.positions("shop")).keys()].sort()).toEqual(["@access", "i1"]);
    }));

  it("loses nothing and repeats nothing, whenever the server dies", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ lines: fc.nat(40), cut: fc.nat(2_000), other: fc.boolean() }), { maxLength: 6 }),
        (lives) => withFolder((root) => liveAndDie(root, lives)),
      ),
      { numRuns: 30 },
    ));
});

/** Each life writes lines, is collected for a while, and dies with the last part of its last write missing. */
async function liveAndDie(
  root: string,
  lives: { lines: number; cut: number; other: boolean }[],
): Promise<void> {
  const engine = new FakeOutput();
  const web = engine.add("i1");
  const written: string[] = [];
  const write = (count: number) => {
    const lines = Array.from({ length: count }, (_, index) => `line ${written.length + index}`);
    written.push(...lines);
    engine.write("i1", ...lines);
  };
  const size = { segmentBytes: 1_500, keptSegments: 1_000 };
  for (const life of lives) {
    write(life.lines);
    const logs = new AppLogs(root, size);
    const collector = new LogCollector(engine, logs, quiet);
    await collector.resume([web]);
    write(3);
    if (life.other) await logs.append("shop", [appLine("other", "worker.1")]);
    await collector.close();
    await cutLastBatch(join(root, "shop"), life.cut);
  }
  engine.exit("i1");
  const logs = new AppLogs(root, size);
  const collector = new LogCollector(engine, logs, quiet);
  await collector.resume([web]);
  await collector.drained("i1", 60_000);
  expect(texts(await logs.read("shop", { ...all, filter: { type: "web" } }))).toEqual(written);
}

/** What `kill -9` within the last write leaves: any part of that batch is missing, nothing before it. */
async function cutLastBatch(folder: string, cut: number): Promise<void> {
  const file = (await readdir(folder).catch(() => [])).sort().at(-1);
  if (!file) return;
  const bytes = await readFile(join(folder, file));
  const start = bytes.lastIndexOf("\n", bytes.lastIndexOf(0x1e, bytes.lastIndexOf(0x1e) - 1)) + 1;
  await truncate(join(folder, file), Math.max(start, bytes.length - cut));
}
