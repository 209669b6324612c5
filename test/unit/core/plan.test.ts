import type { Desired } from "../../../core/desired";
import type { Observed } from "../../../core/observed";
import { plan } from "../../../core/plan";
import type { Step } from "../../../core/step";
import {
  commanded,
  desired,
  ended,
  instance,
  lost,
  now,
  observed,
  old,
  pending,
  routedTo,
  sick,
  starting,
  wanted,
} from "../../builders/planner";

const starts = (steps: Step[]): string[] =>
  steps.flatMap((step) => (step.kind === "start" ? [`${step.type}.${step.slot}`] : []));
const kinds = (steps: Step[]): string[] => steps.map((step) => step.kind);

describe("a converged app", () => {
  test("needs no step", () => {
    const world = observed([instance("web.1"), instance("worker.1")], routedTo("web.1-new"));
    expect(plan(desired(["web.1", "worker.1"]), world)).toEqual([]);
  });

  test("without a release needs no step", () => {
    expect(plan(desired([], { release: null, fallbackReleaseId: null }), observed([]))).toEqual([]);
  });
});

describe("starting", () => {
  test("starts all that is missing at once", () => {
    expect(plan(pending(["web.1", "web.2", "worker.1"]), observed([]))).toEqual([
      { kind: "start", releaseId: "r2", type: "web", slot: 1, specHash: "new" },
      { kind: "start", releaseId: "r2", type: "web", slot: 2, specHash: "new" },
      { kind: "start", releaseId: "r2", type: "worker", slot: 1, specHash: "new" },
    ]);
  });

  test("waits for what is not ready, up to the start limit", () => {
    const world = observed([starting("web.1", { startedAt: now - 10 })]);
    expect(plan(pending(["web.1"]), world)).toEqual([
      { kind: "wait", instanceIds: ["web.1-new"], until: now - 10 + 60_001 },
    ]);
  });

  test("starts anew what a server that died left created but never started", () => {
    const world = observed([starting("web.1", { state: "created" })]);
    expect(plan(pending(["web.1"]), world)).toEqual([
      { kind: "stop", instanceId: "web.1-new", why: "replaced" },
      { kind: "start", releaseId: "r2", type: "web", slot: 1, specHash: "new" },
    ]);
  });

  test("leaves the old rotation alone while a pending release comes up", () => {
    const world = observed([old("web.1"), instance("web.1"), starting("web.2")], routedTo("web.1-old"));
    expect(kinds(plan(pending(["web.1", "web.2"]), world))).toEqual(["wait"]);
  });

  test("ends a singleton before its successor starts", () => {
    const world = observed([old("clock.1")]);
    expect(plan(pending(["clock.1"]), world)).toEqual([
      { kind: "stop", instanceId: "clock.1-old", why: "replaced" },
    ]);
  });
});

describe("the switch", () => {
  test("puts a pending release into the rotation when all of it is ready", () => {
    const world = observed([old("web.1"), instance("web.1"), instance("worker.1")], routedTo("web.1-old"));
    expect(plan(pending(["web.1", "worker.1"]), world)).toEqual([
      {
        kind: "publish",
        releaseId: "r2",
        version: 2,
        instanceIds: ["web.1-new"],
        mode: "serve",
        switches: true,
      },
    ]);
  });

  test("is repeated until every router has acknowledged it", () => {
    const world = observed([instance("web.1")], {
      table: { mode: "serve", targets: ["web.1-new"], acknowledged: false },
    });
    expect(kinds(plan(pending(["web.1"]), world))).toEqual(["publish"]);
  });

  test("is followed by the proof, which stops nothing yet", () => {
    const world = observed([old("web.1"), instance("web.1")], routedTo("web.1-new"));
    expect(plan(pending(["web.1"]), world)).toEqual([{ kind: "prove", releaseId: "r2", version: 2 }]);
  });

  test("needs no rotation for a release without web", () => {
    expect(kinds(plan(pending(["worker.1"]), observed([instance("worker.1")])))).toEqual(["prove"]);
  });

  test("proves a release that wants no instances", () => {
    expect(kinds(plan(pending([]), observed([])))).toEqual(["prove"]);
  });
});

describe("the release phase", () => {
  const step = { kind: "command", releaseId: "r2", version: 2 };
  const container = (state: "created" | "running" | "exited") => [{ releaseId: "r2", state }];
  const abandonOf = (reason: RegExp) => ({
    kind: "abandon",
    releaseId: "r2",
    version: 2,
    instanceId: null,
    reason: expect.stringMatching(reason),
  });

  test("runs the command and starts nothing of its release", () => {
    expect(plan(commanded([]), observed([]))).toEqual([step]);
  });

  test("leaves what runs alone, singletons too, and keeps it running", () => {
    const world = observed([old("web.1"), old("clock.1")], routedTo("web.1-old"));
    expect(plan(commanded(["web.1", "clock.1"]), world)).toEqual([step]);
    const crashed = observed([old("web.1"), old("web.2"), ended("worker.1", { specHash: "old" })], {
      ...routedTo("web.1-old", "web.2-old"),
    });
    expect(plan(commanded(["web.1", "web.2", "worker.1"]), crashed)).toEqual([
      { kind: "stop", instanceId: "worker.1-old", why: "crashed" },
      step,
      { kind: "start", releaseId: "r1", type: "worker", slot: 1, specHash: "old" },
    ]);
  });

  test("follows a command that was started, up to its limit", () => {
    const world = observed([], { commands: container("running") });
    expect(plan(commanded([], { startedAt: now - 10 }), world)).toEqual([
      step,
      { kind: "wait", instanceIds: [], until: now - 10 + 3_600_001 },
    ]);
    expect(plan(commanded([], { startedAt: now - 3_600_001 }), world)).toEqual([
      abandonOf(/longer than 60 min/),
    ]);
  });

  test("takes the exit code of one that ended, however late", () => {
    const world = observed([], { commands: container("exited") });
    expect(plan(commanded([], { startedAt: now - 9_999_999 }), world)).toEqual([step]);
  });

  test("starts a command that was only created", () => {
    expect(plan(commanded([]), observed([], { commands: container("created") }))).toEqual([step]);
  });

  test("abandons a release whose command failed", () => {
    const failed = commanded(["web.1"], { startedAt: now - 10, exitCode: 3 });
    expect(plan(failed, observed([old("web.1")], routedTo("web.1-old")))).toEqual([abandonOf(/exit code 3/)]);
  });

  test("never starts a command a second time: one that vanished leaves its result unknown", () => {
    expect(plan(commanded([], { startedAt: now - 10 }), observed([]))).toEqual([
      abandonOf(/^result unknown/),
    ]);
  });

  test("abandons a release whose command cannot be started", () => {
    const late = observed([], { now: now + 11 * 60_000 });
    expect(plan(commanded([]), late)).toEqual([abandonOf(/could not be started/)]);
  });

  test("clears the containers of commands that are over", () => {
    const world = observed([instance("worker.1")], { commands: container("exited") });
    expect(plan(pending(["worker.1"]), world)).toEqual([
      { kind: "prove", releaseId: "r2", version: 2 },
      { kind: "stop", instanceId: "r2", why: "over" },
    ]);
    const superseding = commanded([], { releaseId: "r3", version: 3 });
    expect(plan(superseding, observed([], { commands: container("running") }))).toEqual([
      { kind: "stop", instanceId: "r2", why: "over" },
      { kind: "command", releaseId: "r3", version: 3 },
    ]);
  });
});

describe("giving up", () => {
  test("keeps a pending release whose instance was lost with its engine, and starts it again", () => {
    const world = observed([old("web.1"), lost("web.1", { readyAt: null })], routedTo("web.1-old"));
    expect(plan(pending(["web.1"]), world)).toEqual([
      { kind: "stop", instanceId: "web.1-new", why: "lost" },
      { kind: "start", releaseId: "r2", ...wanted("web.1") },
    ]);
  });

  test("abandons a pending release whose instance ended while starting", () => {
    const world = observed(
      [old("web.1"), ended("web.1", { readyAt: null, exitCode: 3 })],
      routedTo("web.1-old"),
    );
    expect(plan(pending(["web.1"]), world)).toEqual([
      {
        kind: "abandon",
        releaseId: "r2",
        version: 2,
        instanceId: "web.1-new",
        reason: "web.1 ended with exit code 3 while starting",
      },
    ]);
  });

  test("abandons one that is not ready within the start limit", () => {
    const world = observed([starting("web.1", { startedAt: now - 60_001 })]);
    expect(kinds(plan(pending(["web.1"]), world))).toEqual(["abandon"]);
  });

  test("abandons one that cannot be started at all", () => {
    const late = pending(["web.1"]);
    const world = observed([], { now: now + 11 * 60_000 });
    expect(kinds(plan(late, world))).toEqual(["abandon"]);
  });

  test("clears a failed release away and keeps serving the proven one", () => {
    const world = observed([old("web.1"), instance("web.1")], routedTo("web.1-old"));
    const back = desired([], {
      release: { id: "r1", version: 1, state: "proven", createdAt: 0 },
      fallbackReleaseId: "r1",
      instances: [{ type: "web", slot: 1, specHash: "old" }],
    });
    expect(plan(back, world)).toEqual([{ kind: "stop", instanceId: "web.1-new", why: "replaced" }]);
  });
});

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

describe("an app whose rotation is empty", () => {
  const emptied = (mode: "none" | "hold" | "serve" | null): Partial<Observed> => ({
    table: { mode, targets: [], acknowledged: true },
  });
  const modes = (wanted: Desired, world: Observed) =>
    plan(wanted, world).flatMap((step) => (step.kind === "publish" ? [step.mode] : []));
  const crashed = (count: number) => ({ type: "web", slot: 1, specHash: "new", count, lastAt: now - 10 });

  test("has its requests held while an instance is coming", () => {
    expect(modes(desired(["web.1"]), observed([], emptied("none")))).toEqual(["hold"]);
    expect(modes(desired(["web.1"]), observed([starting("web.1")], emptied("none")))).toEqual(["hold"]);
    expect(modes(desired(["web.1"]), observed([lost("web.1")], routedTo("web.1-new")))).toEqual(["hold"]);
    expect(modes(desired(["web.1"]), observed([starting("web.1")], emptied("hold")))).toEqual([]);
  });

  test("has them held after a crash, but not once it crashes again and again", () => {
    const crashedTimes = (count: number) => observed([], { ...emptied("hold"), crashes: [crashed(count)] });
    expect(modes(desired(["web.1"]), crashedTimes(1))).toEqual([]);
    expect(modes(desired(["web.1"]), crashedTimes(9))).toEqual(["none"]);
  });

  test("has them refused when none is wanted, and before it was ever served", () => {
    expect(modes(desired([]), observed([], emptied("hold")))).toEqual(["none"]);
    expect(modes(desired(["worker.1"]), observed([starting("worker.1")], emptied("hold")))).toEqual(["none"]);
    expect(modes(pending(["web.1"]), observed([starting("web.1")], emptied(null)))).toEqual([]);
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

describe("crashes of a proven release", () => {
  test("take the dead out of the rotation and start a new one beside", () => {
    const world = observed([instance("web.1"), ended("web.2")], routedTo("web.1-new", "web.2-new"));
    expect(kinds(plan(desired(["web.1", "web.2"]), world))).toEqual(["publish", "start"]);
  });

  test("let a place rest longer after each crash", () => {
    const crash = { type: "worker", slot: 1, specHash: "new", count: 3, lastAt: now - 100 };
    const [step, ...others] = plan(desired(["worker.1"]), observed([], { crashes: [crash] }));
    expect(others).toEqual([]);
    expect(step).toMatchObject({ kind: "wait", instanceIds: [] });
    expect((step as { until: number }).until).toBeGreaterThanOrEqual(now - 100 + 3_200);
  });

  test("clear the ended container away", () => {
    const world = observed([ended("worker.1")]);
    expect(plan(desired(["worker.1"]), world)).toContainEqual({
      kind: "stop",
      instanceId: "worker.1-new",
      why: "crashed",
    });
  });
});

describe("a restart of a proven release", () => {
  const older = (place: string) => old(place, { releaseId: "r2" });

  test("keeps each old instance until its successor is ready", () => {
    const world = observed([older("worker.1"), starting("worker.1")]);
    expect(kinds(plan(desired(["worker.1"]), world))).toEqual(["wait"]);
  });

  test("lets what is ready join the rotation beside the old", () => {
    const world = observed(
      [older("web.1"), older("web.2"), instance("web.1"), starting("web.2")],
      routedTo("web.1-old", "web.2-old"),
    );
    const [publish] = plan(desired(["web.1", "web.2"]), world);
    expect(publish).toMatchObject({ kind: "publish", instanceIds: ["web.2-old", "web.1-new"] });
  });

  test("replaces one of a type after the other", () => {
    const world = observed(
      [older("web.1"), older("web.2"), older("worker.1")],
      routedTo("web.1-old", "web.2-old"),
    );
    expect(starts(plan(desired(["web.1", "web.2", "worker.1"]), world))).toEqual(["web.1", "worker.1"]);
  });

  test("replaces a quarter of many at a time", () => {
    const places = Array.from({ length: 8 }, (_, index) => `worker.${index + 1}`);
    const world = observed([...places.map(older), starting("worker.1")]);
    expect(starts(plan(desired(places), world))).toEqual(["worker.2"]);
  });

  test("goes no further while a successor crashes", () => {
    const crash = { type: "worker", slot: 1, specHash: "new", count: 3, lastAt: now - 100 };
    const world = observed([older("worker.1"), older("worker.2")], { crashes: [crash] });
    expect(kinds(plan(desired(["worker.1", "worker.2"]), world))).toEqual(["wait"]);
  });

  test("does not hold back places that nobody fills", () => {
    const world = observed([older("worker.1")]);
    const steps = plan(desired(["worker.1", "worker.2", "worker.3"]), world);
    expect(starts(steps)).toEqual(["worker.1", "worker.2", "worker.3"]);
  });
});

describe("health", () => {
  test("an instance given up leaves the rotation, and its successor starts", () => {
    const world = observed([sick("web.1"), instance("web.2")], routedTo("web.1-new", "web.2-new"));
    expect(plan(desired(["web.1", "web.2"]), world)).toEqual([
      {
        kind: "publish",
        releaseId: "r2",
        version: 2,
        instanceIds: ["web.2-new"],
        mode: "serve",
        switches: false,
      },
      { kind: "start", releaseId: "r2", type: "web", slot: 1, specHash: "new" },
    ]);
  });

  test("the only one stays in the rotation until its successor is ready", () => {
    const world = observed([sick("web.1")], routedTo("web.1-new"));
    expect(kinds(plan(desired(["web.1"]), world))).toEqual(["start"]);
    const later = observed([sick("web.1"), instance("web.1", { id: "next" })], routedTo("web.1-new"));
    expect(plan(desired(["web.1"]), later)).toMatchObject([{ kind: "publish", instanceIds: ["next"] }]);
  });

  test("it is stopped as unhealthy once it is out of the rotation", () => {
    const world = observed(
      [sick("web.1"), starting("web.1", { id: "next" }), instance("web.2")],
      routedTo("web.2-new"),
    );
    expect(plan(desired(["web.1", "web.2"]), world)[0]).toEqual({
      kind: "stop",
      instanceId: "web.1-new",
      why: "unhealthy",
    });
  });

  test("of a type only one is given up at a time, and only while the others are ready", () => {
    const all = observed([sick("worker.1"), sick("worker.2"), sick("other.1")]);
    const places = ["worker.1", "worker.2", "other.1"];
    expect(starts(plan(desired(places), all))).toEqual(["worker.1", "other.1"]);
    const missing = observed([sick("worker.1")]);
    expect(plan(desired(["worker.1", "worker.2"]), missing)).toMatchObject([{ kind: "start", slot: 2 }]);
    const coming = observed([sick("worker.1"), starting("worker.2")]);
    expect(kinds(plan(desired(["worker.1", "worker.2"]), coming))).toEqual(["wait"]);
  });

  test("nobody is given up while a release is pending", () => {
    const world = observed([sick("worker.1"), starting("worker.2")]);
    expect(kinds(plan(pending(["worker.1", "worker.2"]), world))).toEqual(["wait"]);
    expect(kinds(plan(pending(["worker.1"]), observed([sick("worker.1")])))).toEqual(["prove"]);
  });

  test("a pending release whose instance never passes its checks is abandoned with their word", () => {
    const world = observed([sick("web.1", { readyAt: null, unhealthy: "failed its startup check" })]);
    expect(plan(pending(["web.1"]), world)).toMatchObject([
      { kind: "abandon", reason: "web.1 failed its startup check" },
    ]);
  });

  test("one of a proven release that never passes them is ended as not ready, which counts for its rest", () => {
    const world = observed([sick("worker.1", { readyAt: null })]);
    expect(plan(desired(["worker.1"]), world)[0]).toMatchObject({ kind: "stop", why: "unready" });
  });
});
