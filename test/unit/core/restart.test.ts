import type { App } from "../../../core/app";
import { desiredOf, generationOf, specHashOf } from "../../../core/desired";
import { limitsFor } from "../../../core/formation";
import { changeLimits, limitFlags, parseLimits } from "../../../core/limits";
import { restarted } from "../../../core/restart";
import { app, release } from "../../builders/ledger";

const shop = (change: Partial<App> = {}): App =>
  app({ formation: { quantities: { web: 2, worker: 1 }, limits: {} }, ...change });
const proven = release({ processTypes: { web: { command: null }, worker: { command: "work" } } });

/** Places whose instances are others after the change. */
function replaced(before: App, after: App): string[] {
  const hashes = (of: App) => desiredOf(of, proven, proven).instances;
  const old = hashes(before);
  return hashes(after)
    .filter((one, index) => one.specHash !== old[index]?.specHash)
    .map(({ type, slot }) => `${type}.${slot}`);
}

describe("a restart replaces", () => {
  test("all, a type or one place, as its generation says", () => {
    expect(replaced(shop(), shop({ generation: 2 }))).toEqual(["web.1", "web.2", "worker.1"]);
    expect(replaced(shop(), shop({ generations: { web: 1 } }))).toEqual(["web.1", "web.2"]);
    expect(replaced(shop(), shop({ generations: { "web.2": 1 } }))).toEqual(["web.2"]);
  });

  test("what runs, and says what that is when nothing is meant", () => {
    expect(restarted(shop(), proven, undefined)).toEqual(["web.1", "web.2", "worker.1"]);
    expect(restarted(shop(), proven, "web")).toEqual(["web.1", "web.2"]);
    expect(restarted(shop(), proven, "worker.1")).toEqual(["worker.1"]);
    expect(() => restarted(shop(), proven, "clock")).toThrow("There is: web.1, web.2, worker.1.");
    expect(() => restarted(shop(), null, undefined)).toThrow("Nothing runs of shop.");
  });

  test("and no two different sets of restarts look the same", () => {
    const place = { type: "web", slot: 1 };
    const one = shop({ generations: { web: 1 } });
    const other = shop({ generations: { "web.1": 1 } });
    expect(generationOf(one, place)).toBe(generationOf(other, place));
    expect(specHashOf(one, "r", place)).not.toBe(specHashOf(other, "r", place));
  });
});

describe("limits", () => {
  test("are read as people write them", () => {
    expect(parseLimits({ memory: "512m", cpu: "0.5", pids: "256" })).toEqual({
      memoryMb: 512,
      cpus: 0.5,
      pids: 256,
    });
    expect(parseLimits({ memory: "2G", cpu: "0" })).toEqual({ memoryMb: 2048, cpus: 0 });
    expect(parseLimits({ memory: "300", disk: "3g" })).toEqual({ memoryMb: 300, diskMb: 3072 });
  });

  test.each([
    { memory: "8m" },
    { memory: "2t" },
    { memory: "-1m" },
    { memory: "" },
    { memory: "2000g" },
    { cpu: "0.001" },
    { cpu: "x" },
    { cpu: "-1" },
    { pids: "8" },
    { pids: "1.5" },
    { disk: "1m" },
  ])("refuse %j", (words) => {
    expect(() => parseLimits(words)).toThrow(/is no/);
  });

  test("of one type leave the others alone; of all change each, also of types to come", () => {
    const { formation } = shop();
    const web = changeLimits(formation, { memoryMb: 64 }, "web");
    expect(limitsFor(web, "web").memoryMb).toBe(64);
    expect(limitsFor(web, "worker").memoryMb).toBe(512);
    const all = changeLimits(web, { pids: 99 }, undefined);
    expect(limitsFor(all, "web")).toEqual({ memoryMb: 64, cpus: 0, pids: 99, diskMb: 2048 });
    expect(limitsFor(all, "another")).toEqual({ memoryMb: 512, cpus: 0, pids: 99, diskMb: 2048 });
  });

  test("restart only what they concern, and nothing when they are as before", () => {
    const { formation } = shop();
    const limited = (memoryMb: number) => shop({ formation: changeLimits(formation, { memoryMb }, "web") });
    expect(replaced(shop(), limited(256))).toEqual(["web.1", "web.2"]);
    expect(replaced(shop(), limited(512))).toEqual([]);
    const lessDisk = shop({ formation: changeLimits(formation, { diskMb: 64 }, "web") });
    expect(replaced(shop(), lessDisk)).toEqual([]);
  });

  test("can be fed back in", () => {
    expect(limitFlags({ memoryMb: 512, cpus: 0.5, pids: 256, diskMb: 64 })).toBe(
      "--memory 512m --cpu 0.5 --pids 256 --disk 64m",
    );
  });
});
