import type { StepOf } from "../../../core/step";
import type { Photographs } from "../observe";
import type { World } from "../world";
import { explained } from "./abandon";

/** Ends the bake of a release. One that failed it: first the ledger says so, then its branch goes back; the next plan brings traffic back. */
export async function endBake(world: World, seen: Photographs, step: StepOf<"endBake">): Promise<void> {
  const release = await world.store.releases.byId(step.releaseId);
  if (release?.state !== "proven") return;
  const count = seen.observed.bake;
  if (step.outcome !== "failed") {
    await world.store.bakes.end(release, { outcome: step.outcome, words: step.reason || null, count });
    return;
  }
  const why = await explainedIn(world, seen, step);
  const words = `went back to v${seen.desired.bake?.oldVersion}: ${why}`;
  if (!(await world.store.bakes.end(release, { outcome: "failed", words, count }))) return;
  await world.logs.append(release.appId, [
    { at: new Date(world.now()), from: "paas", place: "bake", text: `v${release.version} ${words}` },
  ]);
  await world.refs.retract(release);
}

const explainedIn = (world: World, seen: Photographs, step: StepOf<"endBake">): Promise<string> =>
  step.instanceId === null
    ? Promise.resolve(step.reason)
    : explained(world, seen, step.instanceId, step.reason);
