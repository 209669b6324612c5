import type { Step } from "../../../core/step";
import { besides, mayBegin } from "../../../core/under-way";
import { instance, observed, starting, wanted } from "../../builders/planner";

const start = (place: string, specHash = "new"): Step => ({
  kind: "start",
  releaseId: "r2",
  ...wanted(place, specHash),
});
const stop = (instanceId: string, why: "replaced" | "crashed" = "replaced"): Step => ({
  kind: "stop",
  instanceId,
  why,
});
const publish = (...instanceIds: string[]): Step => ({
  kind: "publish",
  mode: "serve",
  releaseId: "r2",
  version: 2,
  instanceIds,
  switches: false,
});
const prove: Step = { kind: "prove", releaseId: "r2", version: 2 };

describe("a step may begin", () => {
  test("beside others of its kind, but not twice", () => {
    expect(mayBegin(start("web.2"), [start("web.1")], ["clock"])).toBe(true);
    expect(mayBegin(start("web.1"), [start("web.1")], ["clock"])).toBe(false);
  });

  test("not beside one that changes what it relies on", () => {
    expect(mayBegin(prove, [publish("web.1-new")], [])).toBe(false);
    expect(mayBegin(stop("web.1-new"), [publish("web.1-new")], [])).toBe(false);
    expect(mayBegin(stop("web.2-new"), [publish("web.1-new")], [])).toBe(true);
  });

  test("for a singleton only when no other of its type is being started", () => {
    expect(mayBegin(start("clock.1", "newer"), [start("clock.1")], ["clock"])).toBe(false);
    expect(mayBegin(start("web.1", "newer"), [start("web.1")], ["clock"])).toBe(true);
  });
});

describe("to the planner", () => {
  test("what is just being started does not show, while it is only created", () => {
    const seen = observed([starting("web.1", { state: "created" }), starting("web.2", { state: "created" })]);
    expect(besides(seen, [start("web.1")]).instances).toEqual([starting("web.2", { state: "created" })]);
  });

  test("what is being stopped is ending, unless it ended by itself", () => {
    const seen = observed([instance("web.1"), instance("web.2", { state: "exited" })]);
    const states = besides(seen, [stop("web.1-new"), stop("web.2-new", "crashed")]).instances.map(
      ({ state }) => state,
    );
    expect(states).toEqual(["ending", "exited"]);
  });
});
