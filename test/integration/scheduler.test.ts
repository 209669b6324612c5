import type { App } from "../../core/app";
import { notFound, PaasError } from "../../core/error";
import type { InstanceSpec } from "../../core/instance";
import { SchedulerRig } from "../support/scheduler-rig";

jest.setTimeout(60_000);

let rig: SchedulerRig;
let app: App;
beforeAll(async () => {
  rig = await SchedulerRig.start();
});
afterAll(() => rig?.close());
beforeEach(async () => {
  rig.aheadMs = 0;
  app = await rig.app();
});

const hourMs = 3_600_000;
const outputOf = async (releaseId: string): Promise<string> => {
  const rows = await rig.world.store.database.query<{ text: string }>(
    "select text from release_output where release_id = $1 order by id",
    [releaseId],
  );
  return rows.map(({ text }) => text).join("");
};
const failuresOf = async (step: string): Promise<number> => {
  const rows = await rig.world.store.database.query(
    "select 1 from events where app_id = $1 and name = 'step:failed' and data->>'step' = $2",
    [app.id, step],
  );
  return rows.length;
};

describe("a release command", () => {
  const runs = () => rig.containers(app).some(({ state }) => state === "running");

  test.each(["migrate", "deaf"])(
    "that runs longer than 1 h is ended and fails its release (%s)",
    async (name) => {
      rig.engine.world.programs.set(name, {
        ignoresTerm: name === "deaf",
        prints: [{ stream: "stdout", text: "half of it" }],
      });
      const release = await rig.release(app, { release: name });
      const runner = rig.runner(app);
      runner.nudge();
      await rig.until(async () => (await outputOf(release.id)) !== "");
      rig.aheadMs += hourMs - 60_000;
      runner.nudge();
      await rig.until(() => runs());
      expect((await rig.now(release)).state).toBe("pending");
      rig.aheadMs += 61_000;
      await runner.settled();
      expect(await rig.now(release)).toMatchObject({
        state: "failed",
        failure: "the release command ran longer than 60 min",
        command: "unknown",
      });
      expect(rig.containers(app)).toEqual([]);
      expect(await outputOf(release.id)).toBe("half of it\n");
    },
  );

  test("under way outlives its runner, and the next one takes its output and its exit code", async () => {
    rig.engine.world.programs.set("long", { prints: [{ stream: "stdout", text: "one" }] });
    const release = await rig.release(app, { release: "long" });
    const first = rig.runner(app);
    first.nudge();
    await rig.until(async () => (await outputOf(release.id)) === "one\n");
    await first.close();
    const [container] = rig.containers(app);
    expect(container?.state).toBe("running");
    container?.print("two");
    const second = rig.runner(app);
    second.nudge();
    await rig.until(async () => (await outputOf(release.id)) === "one\ntwo\n");
    container?.exit(0);
    await second.settled();
    expect(await rig.now(release)).toMatchObject({ state: "proven", command: "succeeded" });
    expect(await outputOf(release.id)).toBe("one\ntwo\n");
  });
});

describe("a runner", () => {
  const start = (instead: (spec: InstanceSpec, start: () => Promise<void>) => Promise<void>): void => {
    const real = Object.getPrototypeOf(rig.engine).start.bind(rig.engine) as (
      spec: InstanceSpec,
    ) => Promise<void>;
    rig.engine.start = (spec) => instead(spec, () => real(spec));
  };
  const worker = async () => {
    await rig.world.store.apps.changeFormation(app.id, "tester", (formation) => ({
      ...formation,
      quantities: { worker: 1 },
    }));
    return rig.release(app, { worker: "work" });
  };
  afterEach(() => start((_spec, really) => really()));

  test("tries a step again that failed for a passing reason, and counts each time", async () => {
    const release = await worker();
    let left = 2;
    start(async (_spec, really) => {
      if (left-- > 0) throw new PaasError("unavailable", "The engine is away.");
      await really();
    });
    await rig.runner(app).settled();
    expect((await rig.now(release)).state).toBe("proven");
    expect(await failuresOf("start")).toBe(2);
  });

  test("tells the app's log once why an instance of what ran cannot be started, however often it is tried", async () => {
    await worker();
    await rig.runner(app).settled();
    start(() => Promise.reject(notFound("Its image is gone.")));
    for (const container of rig.containers(app)) container.exit(1);
    const runner = rig.runner(app);
    runner.nudge();
    await rig.until(async () => (await failuresOf("start")) >= 3);
    await runner.close();
    const lines = await rig.world.logs.read(app.id, { lines: 100 });
    expect(lines.filter((line) => line.endsWith("paas[worker.1]: Its image is gone."))).toHaveLength(1);
  });

  test("fails a pending release at once whose instance can never be started", async () => {
    const release = await worker();
    start(() => Promise.reject(notFound("Its image is gone.")));
    await rig.runner(app).settled();
    expect(await rig.now(release)).toMatchObject({ state: "failed", failure: "Its image is gone." });
    expect(await failuresOf("start")).toBe(1);
  });

  test("looks once at a time, however often it is nudged", async () => {
    await worker();
    let [looking, most] = [0, 0];
    const list = rig.engine.list.bind(rig.engine);
    rig.engine.list = async (appId) => {
      most = Math.max(most, ++looking);
      await new Promise((resolve) => setImmediate(resolve));
      return list(appId).finally(() => {
        looking -= 1;
      });
    };
    const runner = rig.runner(app);
    for (let nudges = 0; nudges < 50; nudges += 1) {
      runner.nudge();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await runner.settled();
    rig.engine.list = list;
    expect(most).toBe(1);
    expect(rig.containers(app)).toHaveLength(1);
  });

  test("is held back by no step that takes long", async () => {
    await worker();
    const runner = rig.runner(app);
    await runner.settled();
    const [old] = rig.containers(app);
    let ends = 0;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const end = rig.engine.end.bind(rig.engine);
    rig.engine.end = async (id, graceMs) => {
      ends += 1;
      await gate;
      await end(id, graceMs);
    };
    const second = await rig.release(app, { worker: "work" });
    runner.nudge();
    await rig.until(() => ends > 0);
    expect((await rig.now(second)).state).toBe("proven");
    const third = await rig.release(app, { worker: "work" });
    runner.nudge();
    await rig.until(async () => (await rig.now(third)).state === "proven");
    expect(old?.state).toBe("running");
    rig.engine.end = end;
    go();
    await runner.settled();
    expect(rig.containers(app)).toHaveLength(1);
  });

  test("that closes leaves an instance that starts to the next one", async () => {
    const release = await worker();
    const runner = rig.runner(app);
    runner.nudge();
    await rig.until(() => rig.containers(app).length === 1);
    await runner.close();
    expect((await rig.now(release)).state).toBe("pending");
    await rig.runner(app).settled();
    expect((await rig.now(release)).state).toBe("proven");
    expect(rig.containers(app)).toHaveLength(1);
  });
});
