import { classicPlan, profileLauncher } from "../buildpacks/classic/classic";
import { defaultProcessTypes } from "../buildpacks/classic/process-types";
import { buildpackText } from "../core/buildpack-source";
import { PaasError } from "../core/error";
import { defaultPort } from "../core/image";
import { detail, heading } from "../core/transcript";
import { buildPlanned } from "./build-planned";
import type { Chosen } from "./chosen-buildpacks";
import type { BuildRoom } from "./room";
import type { Made, Work } from "./work";

/** Makes an image with buildpacks of Heroku's classic API. */
export async function makeWithClassic(room: BuildRoom, { sources, by }: Chosen, work: Work): Promise<Made> {
  const { target, offer, source, write } = work;
  write(heading(`Building with buildpacks (${by})`));
  for (const [at, one] of sources.entries()) write(detail(`${at + 1}. ${buildpackText(one)}`));
  const plan = classicPlan({
    sources,
    configNames: [...offer.config.keys()],
    commit: offer.commit,
    buildId: work.buildId,
  });
  const { imageId, said } = await buildPlanned(room, plan, work, offer.config);
  const types = defaultProcessTypes(said);
  return {
    image: {
      id: imageId,
      ref: target.ref,
      madeBy: "buildpack",
      port: defaultPort,
      launcher: profileLauncher,
    },
    defaultProcesses() {
      if (source.procfile !== null || Object.keys(types).length > 0) return types;
      throw new PaasError(
        "build_failed",
        "Nothing says how to start this app: the last buildpack names no process types, so add a Procfile (web: ...).",
      );
    },
  };
}
