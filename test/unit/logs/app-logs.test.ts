import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppLogs } from "../../../server/logs/app-logs";
import { appLine, shown, take, texts, withFolder } from "./support";

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

describe("AppLogs", () => {
  it("reads back the last lines in order, also those that match a filter", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      await logs.append("shop", [appLine("one"), appLine("two", "worker.1"), appLine("three")]);
      await logs.append("other", [appLine("not ours")]);
      expect(await logs.read("shop", { lines: 100 })).toEqual([
        shown("one"),
        shown("two", "worker.1"),
        shown("three"),
      ]);
      expect(await logs.read("shop", { lines: 2 })).toEqual([shown("two", "worker.1"), shown("three")]);
      expect(await logs.read("shop", { lines: 1, filter: { type: "worker" } })).toEqual([
        shown("two", "worker.1"),
      ]);
      expect(await logs.read("shop", { lines: 0 })).toEqual([]);
      expect(await logs.read("empty", { lines: 5 })).toEqual([]);
    }));

  it("refuses what is no app id", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      await expect(logs.append("../etc", [appLine("x")])).rejects.toMatchObject({ code: "invalid" });
      await expect(logs.read("", { lines: 1 })).rejects.toMatchObject({ code: "invalid" });
    }));

  it("keeps lines and positions over a restart", () =>
    withFolder(async (root) => {
      await new AppLogs(root).append("shop", [appLine("one")], { i1: "c1", i2: "c2" });
      await new AppLogs(root).append("shop", [], { i2: null });
      const logs = new AppLogs(root);
      expect(texts(await logs.read("shop", { lines: 9 }))).toEqual(["one"]);
      expect([...(await logs.positions("shop"))]).toEqual([["i1", "c1"]]);
      expect(await logs.apps()).toEqual(["shop"]);
    }));

  it("reads lines of several segments, keeps the newest segments only, and positions outlive theirs", () =>
    withFolder(async (root) => {
      const size = { segmentBytes: 300_000, keptSegments: 4 };
      const logs = new AppLogs(root, size);
      const large = "x".repeat(2_000);
      await logs.append("shop", [], { quiet: "c1" });
      const batches = 12;
      for (let batch = 0; batch < batches; batch++)
        await logs.append(
          "shop",
          numbers(0, 100).map((n) => appLine(`${batch}-${n} ${large}`)),
        );
      const files = await readdir(join(root, "shop"));
      expect(files).toHaveLength(size.keptSegments);
      expect((await stat(join(root, "shop", files[0] ?? ""))).size).toBeGreaterThanOrEqual(size.segmentBytes);
      const again = new AppLogs(root, size);
      expect(Object.fromEntries(await again.positions("shop"))).toEqual({ quiet: "c1" });
      const read = texts(await again.read("shop", { lines: 450 })).map((text) => text.split(" ")[0]);
      const expected = numbers(0, batches).flatMap((batch) => numbers(0, 100).map((n) => `${batch}-${n}`));
      expect(read).toEqual(expected.slice(-450));
    }));

  it("cuts off what a dead server left torn, wherever it was torn", () =>
    withFolder(async (root) => {
      const file = join(root, "shop", "0000000001.log");
      const first = new AppLogs(root);
      await first.append("shop", [appLine("kept")], { i1: "c1" });
      const whole = await readFile(file);
      await first.append("shop", [appLine("torn one"), appLine("torn two")], { i1: "c2" });
      const both = await readFile(file);
      for (let size = whole.length; size <= both.length; size++) {
        await writeFile(file, both.subarray(0, size));
        const logs = new AppLogs(root);
        const complete = size === both.length;
        expect((await logs.positions("shop")).get("i1")).toBe(complete ? "c2" : "c1");
        await logs.append("shop", [appLine("after")]);
        expect(texts(await logs.read("shop", { lines: 9 }))).toEqual(
          complete ? ["kept", "torn one", "torn two", "after"] : ["kept", "after"],
        );
      }
    }));

  it("survives a segment without any whole batch and a power failure's zeros", () =>
    withFolder(async (root) => {
      await new AppLogs(root).append("shop", [appLine("kept")], { i1: "c1" });
      await appendFile(join(root, "shop", "0000000001.log"), Buffer.alloc(5_000));
      await writeFile(join(root, "shop", "0000000002.log"), "2026-11-20T10:00:00.000Z app[web.1]: torn");
      const logs = new AppLogs(root);
      expect([...(await logs.positions("shop"))]).toEqual([["i1", "c1"]]);
      await logs.append("shop", [appLine("after")]);
      expect(texts(await logs.read("shop", { lines: 9 }))).toEqual(["kept", "after"]);
      expect(texts(await new AppLogs(root).read("shop", { lines: 9 }))).toEqual(["kept", "after"]);
    }));

  it("tails without gap or duplicate while many write, through changes of segment", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root, { segmentBytes: 200_000, keptSegments: 20 });
      const padding = "y".repeat(1_000);
      const total = 2_500;
      await logs.append(
        "shop",
        numbers(0, 500).map((n) => appLine(n)),
      );
      const tailing = take(
        logs.tail("shop", { lines: 200, signal: new AbortController().signal }),
        total - 300,
      );
      for (let n = 500; n < total; n += 4)
        await Promise.all(
          numbers(n, n + 4).map((one) => logs.append("shop", [appLine(`${one} ${padding}`)])),
        );
      const seen = texts(await tailing).map((text) => text.split(" ")[0]);
      expect(seen).toEqual(numbers(300, total));
      expect((await readdir(join(root, "shop"))).length).toBeGreaterThan(1);
    }));

  it("tails with a filter and ends when aborted, or when the log is removed", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      await logs.append("shop", [appLine("a"), appLine("b", "worker.1")]);
      const abort = new AbortController();
      const seen: string[] = [];
      const aborted = (async () => {
        for await (const line of logs.tail("shop", {
          lines: 5,
          filter: { type: "worker" },
          signal: abort.signal,
        })) {
          seen.push(line);
          if (seen.length === 2) abort.abort();
        }
      })();
      const removed = take(logs.tail("shop", { lines: 0, signal: new AbortController().signal }), 99);
      await logs.append("shop", [appLine("c"), appLine("d", "worker.1")]);
      await aborted;
      expect(seen).toEqual([shown("b", "worker.1"), shown("d", "worker.1")]);
      await logs.remove("shop");
      await removed;
      await logs.append("shop", [appLine("too late")]);
      expect(await readdir(root)).toEqual([]);
      expect(await logs.read("shop", { lines: 5 })).toEqual([]);
    }));

  it("tells a writer that the disk refused, keeps nothing of it, and writes again when it can", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      expect(await logs.read("shop", { lines: 9 })).toEqual([]);
      await writeFile(join(root, "shop"), "a file where the folder should be");
      await expect(logs.append("shop", [appLine("x")], { i1: "c1" })).rejects.toMatchObject({
        code: "unavailable",
      });
      expect([...(await logs.positions("shop"))]).toEqual([]);
      await rm(join(root, "shop"));
      await logs.append("shop", [appLine("y")], { i1: "c2" });
      expect(texts(await logs.read("shop", { lines: 9 }))).toEqual(["y"]);
      expect([...(await logs.positions("shop"))]).toEqual([["i1", "c2"]]);
    }));
});
