import type { CronJob } from "../../../core/cron";
import type { LogLine } from "../../../core/log-line";
import { CronLoop, type CronWorld } from "../../../server/scheduler/cron/cron-loop";
import type { Missed, Schedule } from "../../../server/store/schedules";

const at = (text: string): Date => new Date(`2026-11-20T${text}Z`);
const job = (schedule: string): CronJob => ({
  command: "tidy",
  schedule,
  timezone: "UTC",
  overlap: "forbid",
});

/** A ledger and a clock in the test's hands. */
class FakeCronWorld implements CronWorld {
  clock = at("10:00:00");
  ledgerClock: Date | null = null;
  list: Schedule[] = [{ appId: "shop", version: 1, provenAt: at("09:00:00"), jobs: [job("* * * * *")] }];
  readonly started: string[] = [];
  readonly told: Missed[] = [];
  readonly lines: LogLine[] = [];
  readonly record = new Map<string, Date[]>();
  failing = new Set<string>();
  /** Dies before the clock is written. */
  dies = false;

  schedules = {
    proven: async () => this.list,
    watchedUntil: async () => this.ledgerClock,
    watched: async (until: Date, missed: Missed[]) => {
      if (this.dies) throw new Error("killed");
      this.ledgerClock = until;
      this.told.push(...missed);
    },
    recorded: async (appId: string, cron: string) => this.record.get(`${appId} ${cron}`) ?? [],
  };
  logs = { append: async (_appId: string, lines: LogLine[]) => void this.lines.push(...lines) };
  log = { debug() {}, info() {}, warn() {}, error() {} };
  now = () => this.clock.getTime();
  start = async ({ appId }: Schedule, number: number, dueAt: Date) => {
    const key = `${appId} cron.${number}`;
    const known = this.record.get(key) ?? [];
    if (known.some((one) => one.getTime() === dueAt.getTime())) return;
    this.record.set(key, [...known, dueAt]);
    if (this.failing.has(appId)) throw new Error("the engine is away");
    this.started.push(`${key} ${dueAt.toISOString().slice(11, 19)}`);
  };

  async lookAt(time: string): Promise<void> {
    this.clock = at(time);
    await new CronLoop(this).pass().catch((error: unknown) => {
      if (!this.dies) throw error;
    });
  }
}

test("the first look ever starts and misses nothing; each minute then comes once", async () => {
  const world = new FakeCronWorld();
  await world.lookAt("10:00:00");
  expect([world.started, world.told]).toEqual([[], []]);
  for (const time of ["10:01:00", "10:01:00.5", "10:02:10"]) await world.lookAt(time);
  expect(world.started).toEqual(["shop cron.1 10:01:00", "shop cron.1 10:02:00"]);
});

test("what was due while the platform was down is told once and not run late; what is due now runs", async () => {
  const world = new FakeCronWorld();
  await world.lookAt("10:00:00");
  await world.lookAt("10:05:05");
  expect(world.started).toEqual(["shop cron.1 10:05:00"]);
  expect(world.told).toEqual([{ appId: "shop", cron: "cron.1", count: 4 }]);
  expect(world.lines).toEqual([
    {
      at: at("10:05:05"),
      from: "paas",
      place: "cron.1",
      text: "cron: missed 4 runs while the platform was down",
    },
  ]);
  await world.lookAt("10:05:10");
  expect(world.told).toHaveLength(1);
});

test("a server that dies between the start and the clock starts nothing twice, and tells no run as missed that ran", async () => {
  const world = new FakeCronWorld();
  await world.lookAt("10:00:00");
  world.dies = true;
  await world.lookAt("10:01:00");
  world.dies = false;
  await world.lookAt("10:01:10");
  expect(world.started).toEqual(["shop cron.1 10:01:00"]);
  world.dies = true;
  await world.lookAt("10:02:00");
  world.dies = false;
  await world.lookAt("10:02:50");
  expect([world.started.length, world.told]).toEqual([2, []]);
});

test("a schedule counts from the proof of its release", async () => {
  const world = new FakeCronWorld();
  await world.lookAt("10:00:00");
  world.list = [
    { appId: "shop", version: 2, provenAt: at("10:03:30"), jobs: [job("* * * * *"), job("4 * * * *")] },
  ];
  await world.lookAt("10:04:00");
  expect([world.started, world.told]).toEqual([["shop cron.1 10:04:00", "shop cron.2 10:04:00"], []]);
});

test("one app whose run cannot start holds back no other", async () => {
  const world = new FakeCronWorld();
  const [shop] = world.list;
  if (shop) world.list = [shop, { ...shop, appId: "blog" }];
  world.failing.add("shop");
  await world.lookAt("10:00:00");
  await world.lookAt("10:01:00");
  expect(world.started).toEqual(["blog cron.1 10:01:00"]);
  expect(world.ledgerClock).toEqual(at("10:01:00"));
});

test("a clock set back is followed, and what ran in that hour does not run again", async () => {
  const world = new FakeCronWorld();
  await world.lookAt("10:00:00");
  await world.lookAt("10:01:00");
  await world.lookAt("09:59:30");
  for (const time of ["10:00:00", "10:01:00", "10:02:00"]) await world.lookAt(time);
  expect(world.started).toEqual(["shop cron.1 10:01:00", "shop cron.1 10:00:00", "shop cron.1 10:02:00"]);
  expect(world.told).toEqual([]);
});

test("it looks again on its own, and ends when told", async () => {
  const world = new FakeCronWorld();
  const loop = new CronLoop(world);
  loop.start();
  while (world.ledgerClock === null) await new Promise((resolve) => setImmediate(resolve));
  await loop.close();
  expect(world.ledgerClock).toEqual(at("10:00:00"));
});
