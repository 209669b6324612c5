import { plan } from "../../../../core/plan";
import {
  baking,
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
} from "../../../builders/planner";

const left = { leftRotationAt: now - 2_000 };
const figures = (errors: number, requests = 100) => ({ requests, errors, latency: [requests] });
const count = (errors: number, requests?: number) => ({
  bake: { fresh: figures(errors, requests), before: figures(0), countedMs: 2_000 },
});
const lookAgain = { kind: "wait", instanceIds: [], until: now + 1_000 };
const running = [instance("web.1"), old("web.1", left)];
const routed = routedTo("web.1-new");

describe("while a release bakes", () => {
  test("the web instances of the one before it stay, and it is looked at again each second", () => {
    expect(plan(baking(["web.1"]), observed(running, routed))).toEqual([lookAgain]);
    const later = observed(running, { ...routed, now: now + 300 });
    expect(plan(baking(["web.1"]), later)).toEqual([lookAgain]);
  });

  test("other process types and places that are not wanted any more are stopped", () => {
    const world = observed(
      [
        ...running,
        old("web.2", left),
        old("worker.1"),
        instance("worker.1"),
        starting("web.1", { specHash: "old", id: "coming" }),
        old("web.1", { ...left, releaseId: "r0", id: "older" }),
        sick("web.1", { ...left, specHash: "old", id: "sick" }),
      ],
      routed,
    );
    const stopped = plan(baking(["web.1", "worker.1"]), world).flatMap((step) =>
      step.kind === "stop" ? [step.instanceId] : [],
    );
    expect(stopped).toEqual(["web.2-old", "worker.1-old", "coming", "older", "sick"]);
  });

  test("it fails when one of its instances ends, is given up or has crashed before", () => {
    const failed = { kind: "endBake", releaseId: "r2", version: 2, outcome: "failed" };
    const [web, warm] = [ended("web.1"), old("web.1", left)];
    expect(plan(baking(["web.1"]), observed([web, warm], routed))).toEqual([
      { ...failed, instanceId: "web.1-new", reason: "web.1 ended with exit code 1" },
    ]);
    expect(plan(baking(["web.1"]), observed([sick("web.1"), warm], routed))).toEqual([
      { ...failed, instanceId: "web.1-new", reason: "web.1 failed its liveness check" },
    ]);
    const crash = { type: "web", slot: 1, specHash: "new", count: 1, lastAt: now - 1_000 };
    const again = observed([starting("web.1"), warm], { ...routed, crashes: [crash] });
    expect(plan(baking(["web.1"]), again)).toEqual([
      { ...failed, instanceId: null, reason: "web.1 crashed" },
    ]);
  });

  test("an engine or host that ended ends the bake; what it took with it speaks against nobody and is started anew", () => {
    const world = observed([lost("web.1"), lost("web.1", { ...left, specHash: "old" })], {
      ...routed,
      ...count(50),
    });
    const stopped = { releaseId: "r2", version: 2, outcome: "stopped", instanceId: null };
    const reason = "stopped because the engine or the host ended";
    expect(plan(baking(["web.1"]), world)).toEqual([{ kind: "endBake", ...stopped, reason }]);
    expect(plan(desired(["web.1"]), world)).toEqual([
      { kind: "publish", releaseId: "r2", version: 2, instanceIds: [], mode: "hold", switches: false },
      { kind: "stop", instanceId: "web.1-old", why: "lost" },
      { kind: "start", releaseId: "r2", type: "web", slot: 1, specHash: "new" },
    ]);
  });

  test("what ends for another reason speaks against nobody", () => {
    const scaledAway = ended("web.2");
    const replaced = ended("web.1", { ...left, id: "replaced" });
    const before = ended("web.1", { specHash: "old" });
    const crash = { type: "web", slot: 1, specHash: "new", count: 1, lastAt: now - 3_000 };
    const world = observed([...running, scaledAway, replaced, before], { ...routed, crashes: [crash] });
    expect(plan(baking(["web.1"]), world).some(({ kind }) => kind === "endBake")).toBe(false);
  });

  test("it fails as soon as it is clearly worse, and passes at its end", () => {
    const worse = plan(baking(["web.1"]), observed(running, { ...routed, ...count(50) }));
    expect(worse).toMatchObject([{ kind: "endBake", outcome: "failed", reason: /50 of 100 requests/ }]);
    expect(plan(baking(["web.1"]), observed(running, { ...routed, ...count(0) }))).toEqual([lookAgain]);
    const hardly = {
      ...routed,
      bake: { fresh: figures(11, 200), before: figures(0, 200), countedMs: 2_000 },
    };
    expect(plan(baking(["web.1"]), observed(running, hardly))).toEqual([lookAgain]);
    const over = baking(["web.1"], { endsAt: now });
    expect(plan(over, observed(running, routed))).toMatchObject([{ kind: "endBake", outcome: "passed" }]);
  });

  test("nothing is judged while a newer release is pending, and the warm instances stay", () => {
    const world = observed([...running, ended("worker.1", { id: "crashed" })], { ...routed, ...count(50) });
    const newer = {
      ...pending(["web.1"]),
      release: { id: "r3", version: 3, state: "pending" as const, createdAt: now },
      fallbackReleaseId: "r2",
      instances: [{ type: "web", slot: 1, specHash: "newer" }],
      bake: baking([], { endsAt: now }).bake,
    };
    expect(plan(newer, world)).toMatchObject([
      { kind: "stop", instanceId: "crashed" },
      { kind: "start", specHash: "newer" },
    ]);
  });
});

test("traffic goes back to what stayed warm at once, and not to what failed", () => {
  const back = desired(["web.1", "web.2"], {
    release: { id: "r1", version: 1, state: "proven", createdAt: 0 },
    fallbackReleaseId: "r1",
    instances: [
      { type: "web", slot: 1, specHash: "old" },
      { type: "web", slot: 2, specHash: "old" },
    ],
  });
  const world = observed(
    [old("web.1", left), instance("web.1"), instance("web.2")],
    routedTo("web.1-new", "web.2-new"),
  );
  expect(plan(back, world)).toEqual([
    {
      kind: "publish",
      releaseId: "r1",
      version: 1,
      instanceIds: ["web.1-old"],
      mode: "serve",
      switches: false,
    },
    { kind: "start", releaseId: "r1", type: "web", slot: 2, specHash: "old" },
  ]);
});
