import { plan } from "../../../../core/plan";
import { desired, ended, instance, now, observed, old, routedTo, starting } from "../../../builders/planner";
import { kinds, starts } from "./steps";

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
