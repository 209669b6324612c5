import { settleMs } from "../../../core/desired";
import { PaasError } from "../../../core/error";
import type { HealthCheck } from "../../../core/healthcheck";
import { Health } from "../../../server/scheduler/health";
import { check, instance, living, readyRow, row, seen, waiting } from "../../builders/health";
import { at, bad, FakeHealthWorld, ok } from "../../fakes/health-world";

let world: FakeHealthWorld;
let health: Health;
let changes: string[];
let heard: () => void;

beforeEach(() => {
  world = new FakeHealthWorld();
  changes = [];
  heard = () => undefined;
  health = new Health(world, (appId) => {
    changes.push(appId);
    heard();
  });
});

afterEach(() => health.close());

const change = (): Promise<void> =>
  new Promise((resolve) => {
    heard = resolve;
  });

describe("an instance that starts", () => {
  test("without checks of its own is asked until it answers, and is then ready, once", async () => {
    world.answers = [bad, bad, ok];
    const told = change();
    for (let looks = 0; looks < 3; looks += 1) health.heed(seen(), waiting);
    await told;
    expect([world.ready, world.asked]).toEqual([["i1: default check: GET / answered http 200"], 3]);
    expect(world.lines).toEqual(["web.1: State changed from starting to up"]);
    expect(changes).toEqual(["shop"]);
  });

  test("and is no web is ready when it has run for a moment", async () => {
    world.ageMs = settleMs;
    const told = change();
    health.heed(seen([], instance({ type: "worker" }), row({ type: "worker" })), waiting);
    await told;
    expect([world.ready, world.asked]).toEqual([["i1: default check: runs for 1 s"], 0]);
  });

  test("must pass all its checks, startup before readiness", async () => {
    const order: string[] = [];
    world.engine.probe = async (...args: unknown[]) => {
      order.push((args[3] as { path: string }).path);
      return ok;
    };
    const told = change();
    const probe = (path: string) => ({ ...check().probe, path }) as HealthCheck["probe"];
    const checks = [check({ type: "readiness", probe: probe("/ready") }), check({ probe: probe("/up") })];
    health.heed(seen(checks), waiting);
    await told;
    expect(order).toEqual(["/up", "/ready"]);
    expect(world.ready[0]).toContain("startup check (GET /up): http 200; readiness check (GET /ready)");
  });

  test("is asked by what its app is spoken to, on another port by HTTP/1.1; a change holds at once", async () => {
    const asked: unknown[] = [];
    world.engine.probe = async (...[, port, , wish]: unknown[]) => {
      asked.push([port, (wish as { protocol: string }).protocol]);
      return ok;
    };
    const elsewhere = { ...check().probe, port: 9000 } as HealthCheck["probe"];
    for (const [checks, protocol] of [
      [[check(), check({ probe: elsewhere })], "h2c"],
      [[], "h2c"],
      [[], "http1"],
    ] as const) {
      const told = change();
      health.heed({ ...seen([...checks]), protocol }, waiting);
      await told;
      await health.forget("shop");
    }
    expect(asked).toEqual([
      [5000, "h2c"],
      [9000, "http1"],
      [5000, "h2c"],
      [5000, "http1"],
    ]);
  });

  test("is given up after its attempts, with what was seen last", async () => {
    const told = change();
    health.heed(seen([check({ probe: { kind: "command", argv: ["bin/up"] } })]), waiting);
    await told;
    expect(world.asked).toBe(3);
    const why = "did not pass its startup check (the command bin/up) in 3 attempts: exit code 1: broken";
    expect(world.unhealthy).toEqual([`i1: ${why}`]);
    expect(world.lines).toEqual([`web.1: Unhealthy: it ${why}`]);
    expect(world.ready).toEqual([]);
  });

  test("whose readiness cannot be written down is looked at anew at the next look", async () => {
    world.failure = new Error("the ledger is away");
    health.heed(seen(), waiting);
    while (world.warnings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const told = change();
    await health.forget("shop");
    health.heed(seen(), waiting);
    await told;
    expect(world.ready).toHaveLength(1);
  });
});

describe("an instance that runs", () => {
  test("is given up when it fails as often as it may, in a row", async () => {
    world.answers = [bad, bad, ok, bad, bad, bad];
    const told = change();
    health.watchReady(seen([living()], instance(), readyRow));
    await told;
    expect(world.asked).toBe(6);
    expect(world.unhealthy[0]).toContain("liveness check (GET /up) in 3 attempts: http 500");
  });

  test("is not blamed for an engine that cannot tell", async () => {
    const away = () => Promise.reject(new PaasError("unavailable", "The engine is away."));
    const fails = async () => ({ exitCode: 1, output: "broken" });
    world.execs = [fails, away, away, away, fails, fails];
    const told = change();
    health.watchReady(seen([living({ probe: { kind: "command", argv: ["live"] } })], instance(), readyRow));
    await told;
    expect(world.asked).toBe(6);
  });

  test("is let go of when it is no longer wanted, and asked no more", async () => {
    health.heed(seen([living()], instance(), readyRow), []);
    await world.askedTimes(3);
    health.heed({ ...seen([], instance(), readyRow), containers: [] }, []);
    await health.forget("shop");
    const { asked } = world;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.asked).toBe(asked);
  });

  test("of another app is none of it", async () => {
    health.heed(seen([living()], instance(), readyRow), []);
    await health.forget("other");
    health.heed({ ...seen(), app: { id: "other" }, containers: [] }, []);
    await world.askedTimes(5);
  });
});

test.each([
  ["starts, and nobody waits for it", instance(), row()],
  ["has ended", instance({ state: "exited" }), readyRow],
  ["was given up", instance(), row({ readyAt: at, unhealthy: "it failed" })],
])("nobody asks an instance that %s", async (_what, one, its) => {
  health.heed(seen([living()], one, its), []);
  health.watchReady(seen([living()], one, its));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(world.asked).toBe(0);
});
