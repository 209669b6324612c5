import type { Run } from "../../../core/one-off";
import type { Release } from "../../../core/release";
import type { DiskUse } from "../../../server/engines/engine";
import { DiskWatch, type DiskWatchWorld } from "../../../server/scheduler/disk-watch";
import type { InstanceRow, OverDisk } from "../../../server/store/instances";
import { app, release } from "../../builders/ledger";

const megabyte = 1024 * 1024;
const row = { id: "i1", appId: "shop-id", type: "web", slot: 2 } as InstanceRow;

/** One app whose limit is 64 MB, and what its containers keep; what happens is noted in order. */
class FakeDisks implements DiskWatchWorld {
  readonly happened: string[] = [];
  noted: OverDisk | null = null;
  failing = false;

  constructor(readonly uses: Partial<DiskUse>[]) {}

  store = {
    apps: { list: async () => [app({ formation: { quantities: {}, limits: { "*": { diskMb: 64 } } } })] },
    instances: {
      present: async () => [row],
      overDisk: async (_row: InstanceRow, over: OverDisk) => {
        if (this.noted) return false;
        this.noted = over;
        this.happened.push("noted");
        return true;
      },
    },
    releases: { byId: async (): Promise<Release> => release({ version: 7 }) },
    runs: { open: async () => [{ id: "r1", name: "run.1234" } as Run] },
  };
  whole = (use: Partial<DiskUse>): DiskUse => ({
    appId: "shop-id",
    id: "i1",
    kind: "instance",
    type: "web",
    bytes: 0,
    ...use,
  });
  engine = {
    diskUse: () => this.#uses(),
    end: async (id: string) => {
      if (this.failing) throw new Error("the engine is away");
      this.happened.push(`end ${id}`);
    },
  };
  logs = {
    append: async (_appId: string, lines: { place: string; text: string }[]) => {
      for (const { place, text } of lines) this.happened.push(`${place}: ${text.split("\n")[0]}`);
    },
  };
  log = { debug() {}, info() {}, warn: () => void this.happened.push("warned"), error() {} };
  now = () => 0;

  async *#uses(): AsyncGenerator<DiskUse> {
    for (const use of this.uses) yield this.whole(use);
  }
}

const quota = "Error (Disk quota exceeded): over its disk limit (66 MB kept, limit 64 MB)";

test("what keeps more than its limit is noted with its figure, told and ended; the rest is let be", async () => {
  const world = new FakeDisks([{ bytes: 64 * megabyte }, { bytes: 65.5 * megabyte }]);
  await new DiskWatch(world).look();
  expect(world.noted).toEqual({ usedMb: 66, limitMb: 64 });
  expect(world.happened).toEqual(["noted", `web.2: ${quota}`, "end i1"]);
});

test("one that could not be ended is ended at the next look, and told once", async () => {
  const world = new FakeDisks([{ bytes: 65.5 * megabyte }]);
  const watch = new DiskWatch(world);
  world.failing = true;
  await watch.look();
  world.failing = false;
  await watch.look();
  expect(world.happened).toEqual(["noted", `web.2: ${quota}`, "warned", "end i1"]);
});

test("one-offs and release commands are held to it too; containers of no app are not judged", async () => {
  const bytes = 65.5 * megabyte;
  const world = new FakeDisks([
    { id: "r1", kind: "run", type: "run", bytes },
    { id: "c1", kind: "command", type: "release", bytes },
    { appId: "gone", bytes },
  ]);
  await new DiskWatch(world).look();
  expect(world.happened).toEqual([`run.1234: ${quota}`, "end r1", `release.7: ${quota}`, "end c1"]);
});
