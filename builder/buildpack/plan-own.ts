import type { BuildPlan } from "../../buildpacks/build-plan";
import type { Buildpack, Found } from "../../buildpacks/buildpack";
import { detail } from "../../core/transcript";
import type { BuildRoom } from "../room";
import type { BuildConfig } from "../source/build-config";
import type { Work } from "../work";
import { configScript, configSecret, planWithConfig } from "./plan-with-config";

/** What one of the platform's own buildpacks plans for a source, with all that it wants found. Its steps mount `ownSecrets`. */
export async function planOwn(
  room: BuildRoom,
  buildpack: Buildpack,
  { source, offer, target }: Pick<Work, "source" | "offer" | "target">,
): Promise<BuildPlan> {
  const found: Found[] = [];
  for (let wish = buildpack.wants(source, found); wish; wish = buildpack.wants(source, found))
    found.push("tool" in wish ? await room.tools.find(wish) : await room.runtimes.find(wish));
  const plan = buildpack.plan(source, found);
  if (offer.config.size === 0) return plan;
  // As the name of a cache, it tells nobody what is in it.
  const digest = room.cacheId(target.appId, `config ${configScript(offer.config).reveal()}`);
  return planWithConfig(plan, digest);
}

/** The app's build config as one secret, if there is any; people are told of what it consists. */
export function ownSecrets({ offer, write }: Pick<Work, "offer" | "write">): BuildConfig {
  if (offer.config.size === 0) return new Map();
  write(detail(`Config of builds: ${[...offer.config.keys()].join(", ")}`));
  return new Map([[configSecret, configScript(offer.config)]]);
}
