import type { Buildpack } from "../buildpacks/buildpack";
import { classicBefore, classicPlan } from "../buildpacks/classic/classic";
import { profileLauncher } from "../buildpacks/classic/program";
import { readTold } from "../buildpacks/classic/told";
import { buildpackText } from "../core/buildpack-source";
import { PaasError } from "../core/error";
import { defaultPort } from "../core/image";
import { detail, heading } from "../core/transcript";
import { buildPlanned } from "./build-planned";
import type { Chosen } from "./chosen-buildpacks";
import { planOwn } from "./plan-own";
import type { BuildRoom } from "./room";
import type { Made, Work } from "./work";

/** Makes an image with buildpacks of Heroku's classic API, and `own` of the platform after them, if it is the last one. */
export async function makeWithClassic(
  room: BuildRoom,
  { sources, by }: Chosen,
  own: Buildpack | null,
  work: Work,
): Promise<Made> {
  const { target, offer, source, write } = work;
  write(heading(`Building with buildpacks (${by})`));
  for (const [at, one] of sources.entries()) write(detail(`${at + 1}. ${buildpackText(one)}`));
  const classic = {
    sources: own ? sources.slice(0, -1) : sources,
    last: own === null,
    configNames: [...offer.config.keys()],
    commit: offer.commit,
    buildId: work.buildId,
  };
  const after = own ? await planOwn(room, own, work) : null;
  const plan = after ? classicBefore(after.plan, classic) : classicPlan(classic);
  const secrets = new Map([...offer.config, ...(after?.secrets ?? [])]);
  const { imageId, said } = await buildPlanned(room, plan, work, secrets);
  const { types, procfile = source.procfile } = readTold(said);
  const defaults = own ? plan.defaultProcesses : types;
  return {
    image: {
      id: imageId,
      ref: target.ref,
      madeBy: "buildpack",
      port: defaultPort,
      launcher: profileLauncher,
    },
    procfile,
    defaultProcesses() {
      if (procfile !== null || Object.keys(defaults).length > 0) return defaults;
      throw new PaasError(
        "build_failed",
        "Nothing says how to start this app: the last buildpack names no process types, so add a Procfile (web: ...).",
      );
    },
  };
}
