import type { BuildPlan } from "../buildpacks/build-plan";
import type { Buildpack, Found } from "../buildpacks/buildpack";
import { detail } from "../core/transcript";
import type { BuildConfig } from "./build-config";
import { configScript, configSecret, planWithConfig } from "./plan-with-config";
import type { BuildRoom } from "./room";
import type { Work } from "./work";

export interface OwnPlan {
  plan: BuildPlan;
  /** What its steps mount: the app's build config as one secret, if there is any. */
  secrets: BuildConfig;
}

/** What one of the platform's own buildpacks plans for a source, with all that it wants found. */
export async function planOwn(room: BuildRoom, buildpack: Buildpack, work: Work): Promise<OwnPlan> {
  const { source, offer, target, write } = work;
  const found: Found[] = [];
  for (let wish = buildpack.wants(source, found); wish; wish = buildpack.wants(source, found))
    found.push("tool" in wish ? await room.tools.find(wish) : await room.runtimes.find(wish));
  const plan = buildpack.plan(source, found);
  if (offer.config.size === 0) return { plan, secrets: new Map() };
  write(detail(`Config of builds: ${[...offer.config.keys()].join(", ")}`));
  const script = configScript(offer.config);
  // As the name of a cache, it tells nobody what is in it.
  const digest = room.cacheId(target.appId, `config ${script.reveal()}`);
  return { plan: planWithConfig(plan, digest), secrets: new Map([[configSecret, script]]) };
}
