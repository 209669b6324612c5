import { plan } from "../../../../core/plan";
import { commanded, ended, instance, now, observed, old, pending, routedTo } from "../../../builders/planner";

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
