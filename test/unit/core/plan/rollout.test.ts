import { plan } from "../../../../core/plan";
import {
  desired,
  ended,
  instance,
  lost,
  now,
  observed,
  old,
  pending,
  routedTo,
  starting,
  wanted,
} from "../../../builders/planner";
import { kinds } from "./steps";

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
