import { Bakes } from "../../../router/bakes";
import { Rig } from "../../support/router-rig/rig";
import { closedPort, target } from "../../support/router-rig/target";

const bake = { windowMs: 6_000 };
const of = (release: number, id = `i${release}`) => ({ targets: [{ ...target(id, 1), release }], bake });
const answer = { appId: "a1", release: 1, ms: 1, status: 200, fault: null, stream: false };

describe("how releases answer", () => {
  test("is counted of the one that serves, and of the one before over the window before the switch", () => {
    const clock = { ms: 100_000 };
    const bakes = new Bakes(() => clock.ms);
    bakes.take({ a1: of(1), a2: { targets: [] } });
    bakes.count({ ...answer, status: 500 });
    clock.ms += 6_000;
    bakes.count(answer);
    bakes.count({ ...answer, ms: 1_000, fault: "timeout", status: 503 });
    bakes.count({ ...answer, appId: "a2" });
    bakes.take({ a1: of(2) });
    clock.ms += 500;
    bakes.count(answer);
    bakes.count({ ...answer, release: 2, status: 502 });
    bakes.count({ ...answer, release: 2, fault: "clientInterrupted", status: 499 });
    bakes.count({ ...answer, release: 2, stream: true, status: 500 });
    const { fresh, before, countedMs } = bakes.report().a1 ?? {};
    expect({ ...fresh, latency: undefined }).toEqual({ requests: 2, errors: 1 });
    expect({ ...before, latency: undefined }).toEqual({ release: 1, requests: 2, errors: 1 });
    expect(before?.latency).toHaveLength(41);
    expect(countedMs).toBe(500);
    expect(Object.keys(bakes.report())).toEqual(["a1"]);
    clock.ms += 1_000_000;
    expect(bakes.report()).toEqual({});
  });

  test("by a router that begins while a release bakes is counted from then on", () => {
    const clock = { ms: 5_000 };
    const bakes = new Bakes(() => clock.ms);
    bakes.take({ a1: of(2) });
    clock.ms += 700;
    bakes.count({ ...answer, release: 2 });
    expect(bakes.report().a1).toMatchObject({ countedMs: 700, fresh: { requests: 1 }, before: null });
  });

  test("goes on over changes that are no switch, and ends with the window", () => {
    const bakes = new Bakes(() => 0);
    bakes.take({ a1: of(1) });
    bakes.count(answer);
    bakes.take({ a1: { ...of(1, "another"), bake: { windowMs: 9_000 } } });
    bakes.take({ a1: { targets: [], bake } });
    expect(bakes.report().a1?.fresh.requests).toBe(1);
    bakes.take({ a1: { targets: of(1).targets } });
    expect(bakes.report()).toEqual({});
  });
});

test("a router counts what the app answers and what the instance did not, by the release it was sent to", async () => {
  const router = await new Rig().listen();
  try {
    const port = await router.app((request, response) => {
      if (request.url === "/cut") request.socket.destroy();
      response.statusCode = request.url === "/broken" ? 500 : 200;
      response.end();
    });
    router.route([{ ...target("i1", port), release: 1 }], "serve", undefined, bake);
    for (const path of ["/", "/broken", "/cut"]) await router.get(path);
    await router.line((line) => line.includes("code=H13"));
    router.route([{ ...target("i2", await closedPort()), release: 1 }], "serve", undefined, bake);
    await router.get();
    await router.line((line) => line.includes("code=H21"));
    expect(router.bakes.report().a1?.fresh).toMatchObject({ requests: 4, errors: 3 });
  } finally {
    await router.close();
  }
});
