import { isWeb, livingTargets } from "./buckets";
import { restMs } from "./plan-rest";
import { isNeeded, isPending, type World } from "./plan-world";
import type { StepOf } from "./step";

/** For places that rest longer than this after a crash no request waits. */
const longestHeldRestMs = 5_000;

/** Rule 3: the rotation is what is ready once all is; until then its living members; of a proven release those without successor, joined by what is ready. */
export function publishing(world: World): StepOf<"publish">[] {
  const { desired, observed } = world;
  const wanted = wantedRotation(world);
  const mode = modeOf(wanted, world);
  const same =
    mode === (observed.table.mode ?? "none") &&
    wanted.length === observed.table.targets.length &&
    wanted.every((id) => observed.table.targets.includes(id));
  if (same && observed.table.acknowledged) return [];
  const release = desired.release;
  return [
    {
      kind: "publish",
      releaseId: release?.id ?? null,
      version: release?.version ?? null,
      instanceIds: wanted,
      mode,
      switches: isPending(world) && world.complete,
    },
  ];
}

function wantedRotation(world: World): string[] {
  const { desired, observed, buckets } = world;
  const ready = buckets.ready.filter(isWeb).map((instance) => instance.id);
  const living = livingTargets(observed);
  if (world.complete) return ready;
  if (!desired.instances.some(isWeb) && !isPending(world)) return [];
  if (isPending(world)) return living;
  const kept = new Set(buckets.surplus.filter((old) => isNeeded(old, world)).map((old) => old.id));
  const rotation = [...new Set([...living.filter((id) => kept.has(id)), ...ready])];
  return rotation.length > 0 ? rotation : living;
}

/**
 * Requests to an app that was served before wait for the members that its rotation is about to have. Not for those that crashed time and
 * again: nobody is to wait for nothing.
 */
function modeOf(rotation: string[], { observed, buckets }: World): StepOf<"publish">["mode"] {
  if (rotation.length > 0) return "serve";
  const coming = [
    ...buckets.waiting.filter((instance) => instance.unhealthy === null),
    ...buckets.missing.filter((wanted) => restMs(wanted, observed) <= longestHeldRestMs),
  ];
  return observed.table.mode !== null && coming.some(isWeb) ? "hold" : "none";
}
