import type { Desired } from "../../../../core/desired";
import type { Observed } from "../../../../core/observed";
import { plan } from "../../../../core/plan";
import { desired, lost, now, observed, pending, routedTo, starting } from "../../../builders/planner";

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
