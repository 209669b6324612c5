import { plan } from "../../../../core/plan";
import { desired, ended, instance, now, observed, old, pending, routedTo } from "../../../builders/planner";
import { kinds, starts } from "./steps";

describe("draining", () => {
  const left = { leftRotationAt: now - 1_000 };

  test("stops a replaced instance at once when nothing is in flight", () => {
    const world = observed([instance("web.1"), old("web.1", left)], routedTo("web.1-new"));
    expect(plan(desired(["web.1"]), world)).toEqual([
      { kind: "stop", instanceId: "web.1-old", why: "replaced" },
    ]);
  });

  test("waits for requests in flight, up to the drain limit", () => {
    const world = observed([instance("web.1"), old("web.1", left)], {
      ...routedTo("web.1-new"),
      inFlight: { "web.1-old": 2 },
    });
    expect(plan(desired(["web.1"]), world)).toEqual([{ kind: "wait", instanceIds: [], until: now + 29_000 }]);
  });

  test("stops it past the limit", () => {
    const late = old("web.1", { leftRotationAt: now - 30_000 });
    const world = observed([instance("web.1"), late], {
      ...routedTo("web.1-new"),
      inFlight: { "web.1-old": 2 },
    });
    expect(kinds(plan(desired(["web.1"]), world))).toEqual(["stop"]);
  });

  test("waits for streams up to a limit of their own and until the routers have closed them, then stops", () => {
    const streaming = { ...routedTo("web.1-new"), inFlight: { "web.1-old": 2 }, streams: { "web.1-old": 2 } };
    const closedAt = now - 1_000 + 310_000;
    const draining = observed([instance("web.1"), old("web.1", left)], streaming);
    expect(plan(desired(["web.1"]), draining)).toEqual([{ kind: "wait", instanceIds: [], until: closedAt }]);
    expect(kinds(plan(desired(["web.1"]), { ...draining, now: closedAt - 1 }))).toEqual(["wait"]);
    expect(kinds(plan(desired(["web.1"]), { ...draining, now: closedAt }))).toEqual(["stop"]);
  });

  test("looks for a request beside the streams up to the later limit of the two", () => {
    const both = { ...routedTo("web.1-new"), inFlight: { "web.1-old": 3 }, streams: { "web.1-old": 2 } };
    const world = observed([instance("web.1"), old("web.1", left)], both);
    const limits = { drainLimitMs: 30_000, streamDrainLimitMs: 0 };
    expect(plan(desired(["web.1"], limits), world)).toEqual([
      { kind: "wait", instanceIds: [], until: now + 29_000 },
    ]);
  });

  test("does not take streams for requests", () => {
    const streams = { ...routedTo("web.1-new"), inFlight: { "web.1-old": 2 }, streams: { "web.1-old": 2 } };
    const world = observed([instance("web.1"), old("web.1", left)], streams);
    expect(plan(desired(["web.1"], { streamDrainLimitMs: 2_000 }), world)).toEqual([
      { kind: "wait", instanceIds: [], until: now - 1_000 + 12_000 },
    ]);
  });

  test("proves a release whose predecessor still drains", () => {
    const world = observed([instance("web.1"), old("web.1", left)], {
      ...routedTo("web.1-new"),
      inFlight: { "web.1-old": 2 },
      streams: { "web.1-old": 2 },
    });
    expect(kinds(plan(pending(["web.1"]), world))).toContain("prove");
  });

  test("stops nothing that left the rotation before every router knows", () => {
    const late = old("web.1", { leftRotationAt: now - 40_000 });
    const dead = ended("web.2", { ...left, specHash: "old" });
    const table = { mode: "serve" as const, targets: ["web.1-new"], acknowledged: false };
    const steps = plan(desired(["web.1"]), observed([instance("web.1"), late, dead], { table }));
    expect(kinds(steps)).toEqual(["publish"]);
  });

  test("takes scaled-down instances out of the rotation before it stops them", () => {
    const world = observed([instance("web.1"), instance("web.2")], routedTo("web.1-new", "web.2-new"));
    expect(plan(desired(["web.1"]), world)).toEqual([
      {
        kind: "publish",
        releaseId: "r2",
        version: 2,
        instanceIds: ["web.1-new"],
        mode: "serve",
        switches: false,
      },
    ]);
  });

  test("empties the rotation of an app scaled to zero", () => {
    const world = observed([instance("web.1")], routedTo("web.1-new"));
    expect(plan(desired([]), world)).toEqual([
      { kind: "publish", releaseId: "r2", version: 2, instanceIds: [], mode: "none", switches: false },
    ]);
  });
});

describe("what was told to end", () => {
  const ending = instance("web.2", { state: "ending" });

  test("does not come back when its place is wanted again: a successor starts at once", () => {
    const world = observed([instance("web.1"), ending], routedTo("web.1-new"));
    const steps = plan(desired(["web.1", "web.2"]), world);
    expect(starts(steps)).toEqual(["web.2"]);
    expect(kinds(steps)).not.toContain("publish");
  });
});
