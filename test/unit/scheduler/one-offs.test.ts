import { oneOffLimitMs, type Run } from "../../../core/one-off";
import type { RunSpec } from "../../../server/engines/engine";
import { OneOffs } from "../../../server/scheduler/one-offs/one-offs";
import { FakeOneOffWorld } from "../../fakes/one-off-world";
import { deferred } from "../../support/deferred";
import { runSpec } from "../../support/engine-specs";

const image = { id: "image", ref: "shop:1", madeBy: "dockerfile", port: 5000 } as const;
let world: FakeOneOffWorld;
let oneOffs: OneOffs;
beforeEach(() => {
  world = new FakeOneOffWorld();
  world.engine.world.images.set(image.id, { platformId: "fake", appId: "shop", ref: image.ref });
  world.engine.world.programs.set("sleep", { ignoresTerm: false });
  world.engine.world.programs.set("deaf", { ignoresTerm: true });
  world.engine.world.programs.set("fail", { exits: 3 });
  oneOffs = new OneOffs(world);
});
afterEach(() => oneOffs.close());

const spec = (run: Run, program: string): RunSpec =>
  runSpec(image, run.appId, [program], { id: run.id, name: run.name });
const isThere = (id: string): boolean => [...world.engine.world.containers].some((one) => one.id === id);
/** Resolves when nothing is left to do for what has ended. */
const over = async (): Promise<void> => {
  while (world.engine.world.containers.size > 0 || world.done.every((act) => !act.startsWith("forgotten")))
    await new Promise((resolve) => setImmediate(resolve));
};

describe("a detached one-off", () => {
  test("is recorded with its exit code, its output first, and then its container goes", async () => {
    await oneOffs.detach(world.run(), spec(world.opened[0] as Run, "fail"));
    await over();
    expect(world.collected).toEqual(["run.1"]);
    expect(world.ends).toEqual(["run.1: exited 3"]);
    expect(world.lines).toEqual(["run.1: Process exited with status 3"]);
    expect(world.done).toEqual(["drained run1 exited", "forgotten run1"]);
  });

  test("that is stopped is said to be", async () => {
    const run = world.run();
    await oneOffs.detach(run, spec(run, "sleep"));
    await oneOffs.stop(run);
    expect(world.ends).toEqual(["run.1: stopped 143"]);
    expect(world.lines).toEqual(["run.1: Stopped\nProcess exited with status 143"]);
  });

  test("goes on when the server ends, and nothing of it is recorded", async () => {
    const run = world.run();
    await oneOffs.detach(run, spec(run, "sleep"));
    await oneOffs.close();
    expect([world.ends, isThere("run1")]).toEqual([[], true]);
  });

  test("that cannot start is recorded as such", async () => {
    const run = world.run();
    world.engine.world.failures.set("runDetached", new Error("no such program"));
    await expect(oneOffs.detach(run, spec(run, "sleep"))).rejects.toThrow("no such program");
    expect(world.ends).toEqual(["run.1: not started null"]);
  });

  test("whose end cannot be recorded or seen at once is recorded when it can", async () => {
    const run = world.run();
    world.refusals = 1;
    world.engine.world.failures.set("runEnd", new Error("the engine is away"));
    await oneOffs.detach(run, spec(run, "fail"));
    await over();
    expect(world.ends).toEqual(["run.1: exited 3"]);
    expect(world.warnings.join()).toContain("the engine is away");
    expect(world.warnings.join()).toContain("the ledger is away");
  });

  test("whose container vanished is lost", async () => {
    const run = world.run();
    await oneOffs.detach(run, spec(run, "sleep"));
    world.collector.drained = async () => true;
    oneOffs = new OneOffs(world);
    const { promise, resolve } = deferred<number | null>();
    world.engine.runEnd = () => promise;
    oneOffs.follow(run);
    resolve(null);
    await world.nextEnd();
    expect(world.ends).toEqual(["run.1: lost null"]);
  });
});

describe("the limit of 24 hours", () => {
  test.each([
    ["sleep", 143],
    ["deaf", 137],
  ])("ends a detached one-off that would run longer (%s)", async (program, exitCode) => {
    const run = world.run({}, 5);
    await oneOffs.detach(run, spec(run, program));
    await over();
    expect(world.ends).toEqual([`run.1: timed out ${exitCode}`]);
    expect(world.lines).toEqual([`run.1: Stopped at its time limit\nProcess exited with status ${exitCode}`]);
  });

  test("ends an attached one, whose client gets the exit code", async () => {
    const run = world.run({ kind: "attached" }, 5);
    const session = await oneOffs.attach(run, spec(run, "sleep"));
    expect(await session.exited).toBe(143);
    await session.end();
    expect(world.ends).toEqual(["run.1: timed out 143"]);
  });

  test("counts from the start of the run, not of the server", async () => {
    const run = world.run({}, 5);
    const before = new OneOffs(world);
    await world.engine.runDetached(spec(run, "sleep"));
    expect(await before.takeUp()).toEqual([run]);
    before.follow(run);
    await over();
    expect(world.ends).toEqual(["run.1: timed out 143"]);
    await before.close();
  });

  test("is tried again while the engine is away", async () => {
    const run = world.run({}, 5);
    world.engine.world.failures.set("end", new Error("the engine is away"));
    await oneOffs.detach(run, spec(run, "sleep"));
    await over();
    expect(world.ends).toEqual(["run.1: timed out 143"]);
  });

  test("lets a shorter one be", async () => {
    expect(oneOffLimitMs).toBe(86_400_000);
    const [short, long] = [world.run({}, 5), world.run({ id: "run2", name: "run.2" }, 60_000)];
    await oneOffs.detach(long, spec(long, "sleep"));
    await oneOffs.detach(short, spec(short, "sleep"));
    while (isThere("run1")) await new Promise((resolve) => setImmediate(resolve));
    expect([world.ends, isThere("run2")]).toEqual([["run.1: timed out 143"], true]);
  });
});

describe("an attached one-off", () => {
  const attached = () => world.run({ kind: "attached" });

  test("that exits says so to its client alone", async () => {
    const run = attached();
    const session = await oneOffs.attach(run, spec(run, "fail"));
    expect(await session.exited).toBe(3);
    await session.end();
    expect([world.ends, world.lines, isThere("run1")]).toEqual([["run.1: exited 3"], [], false]);
  });

  test("that its client leaves is lost, and its container goes", async () => {
    const run = attached();
    const session = await oneOffs.attach(run, spec(run, "sleep"));
    await session.end();
    await session.exited;
    expect([world.ends, isThere("run1")]).toEqual([["run.1: lost 143"], false]);
    expect(world.lines[0]).toContain("Lost with its connection");
  });

  test("that is stopped before it has a container is stopped once it has", async () => {
    const run = attached();
    const { promise: stopped, resolve } = deferred<void>();
    const start = world.engine.run.bind(world.engine);
    world.engine.run = (wish) => stopped.then(() => start(wish));
    const started = oneOffs.attach(run, spec(run, "sleep"));
    await oneOffs.stop(run);
    resolve();
    await (await started).exited;
    expect(world.ends).toEqual(["run.1: stopped 143"]);
  });

  test("whose end cannot be recorded at once holds up nobody, and is recorded when it can", async () => {
    world.refusals = 2;
    const run = attached();
    const session = await oneOffs.attach(run, spec(run, "fail"));
    expect(await session.exited).toBe(3);
    expect(world.ends).toEqual([]);
    await world.nextEnd();
    expect(world.ends).toEqual(["run.1: exited 3"]);
  });
});

test("after a death: attached ones go, detached and scheduled ones go on, rows without a container are closed", async () => {
  const attached = world.run({ id: "a", name: "run.a", kind: "attached" });
  const detached = world.run({ id: "d", name: "run.d" });
  const scheduled = world.run({ id: "s", name: "cron.1", kind: "cron" });
  const created = world.run({ id: "c", name: "run.c" });
  world.run({ id: "g", name: "run.g" });
  const orphan = world.run({ id: "o", name: "run.o", endedAt: new Date() });
  for (const run of [attached, detached, scheduled, created, orphan])
    await world.engine.runDetached(spec(run, "sleep"));
  world.engine.world.container("c").state = "created";
  expect(await oneOffs.takeUp()).toEqual([detached, scheduled]);
  expect(world.ends.sort()).toEqual(["run.a: lost null", "run.c: not started null", "run.g: lost null"]);
  expect([...world.engine.world.containers].map(({ id }) => id)).toEqual(["d", "s"]);
});

test("after a death: a scheduled one that never began is withdrawn, unless its due time is dealt with", async () => {
  const due = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
  const cron = (id: string, minute: number) =>
    world.run({ id, name: `cron.${id}`, kind: "cron", dueAt: due(minute) });
  const [begun, created] = [cron("begun", 2), cron("created", 2)];
  cron("recorded", 2);
  cron("dealt-with", 1);
  for (const run of [begun, created]) await world.engine.runDetached(spec(run, "sleep"));
  world.engine.world.container("created").state = "created";
  world.watchedUntil = due(1);
  expect(await oneOffs.takeUp()).toEqual([begun]);
  expect(world.ends.sort()).toEqual([
    "cron.created: withdrawn",
    "cron.dealt-with: lost null",
    "cron.recorded: withdrawn",
  ]);
  expect([...world.engine.world.containers].map(({ id }) => id)).toEqual(["begun"]);
});
