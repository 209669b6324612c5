import { plan } from "../../../../core/plan";
import { desired, instance, observed, pending, routedTo, sick, starting } from "../../../builders/planner";
import { kinds, starts } from "./steps";

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
