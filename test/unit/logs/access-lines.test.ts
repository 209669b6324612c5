import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AccessLine, collectAccessLines } from "../../../server/logs/access-lines";
import { AppLogs } from "../../../server/logs/app-logs";
import { withFolder } from "./support";

const line = (id: string, appId: string, text: string): AccessLine => ({ id, appId, line: text });
const any = async () => true;
const unexpected = (_appId: string, _count: number, error: unknown) => {
  throw error;
};

async function* stream(...batches: AccessLine[][]): AsyncGenerator<AccessLine[]> {
  yield* batches;
}

describe("collectAccessLines", () => {
  it("gives each app its lines once, also when the stream is read again", () =>
    withFolder(async (root) => {
      const first = [
        line("1795000000000-0", "a", "at=info n=1"),
        line("1795000000000-1", "b", "at=info n=2"),
      ];
      const second = [
        line("1795000000000-9", "a", "at=info n=3"),
        line("1795000000000-10", "a", "at=info n=4"),
      ];
      await collectAccessLines(stream(first, second.slice(0, 1)), new AppLogs(root), any, unexpected);
      const logs = new AppLogs(root);
      await collectAccessLines(stream([...first, ...second]), logs, any, unexpected);
      const at = new Date(1795000000000).toISOString();
      expect(await logs.read("a", { lines: 9, filter: { source: "router" } })).toEqual([
        `${at} paas[router]: at=info n=1`,
        `${at} paas[router]: at=info n=3`,
        `${at} paas[router]: at=info n=4`,
      ]);
      expect(await logs.read("b", { lines: 9 })).toEqual([`${at} paas[router]: at=info n=2`]);
    }));

  it("makes no log for an app that is gone", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      await collectAccessLines(
        stream([line("1-0", "gone", "x"), line("1-1", "here", "y")]),
        logs,
        async (id) => id === "here",
        unexpected,
      );
      expect(await logs.apps()).toEqual(["here"]);
    }));

  it("reports what cannot be written and goes on with the others", () =>
    withFolder(async (root) => {
      const logs = new AppLogs(root);
      await writeFile(join(root, "a"), "in the way");
      const lost: unknown[] = [];
      await collectAccessLines(stream([line("1-0", "a", "x"), line("1-1", "b", "y")]), logs, any, (...what) =>
        lost.push(what.slice(0, 2)),
      );
      expect(lost).toEqual([["a", 1]]);
      expect(await logs.read("b", { lines: 9 })).toHaveLength(1);
    }));
});
