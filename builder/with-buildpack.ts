import type { BuildPlan } from "../buildpacks/build-plan";
import type { Buildpack, Found, SourceView } from "../buildpacks/buildpack";
import { defaultPort } from "../core/image";
import { detail, heading } from "../core/transcript";
import { buildPlanned, type PlannedImage } from "./build-planned";
import { configScript, configSecret, planWithConfig } from "./plan-with-config";
import type { BuildRoom } from "./room";
import type { Made, Work } from "./work";

/** Makes an image as a buildpack plans it. */
export async function makeWithBuildpack(room: BuildRoom, buildpack: Buildpack, work: Work): Promise<Made> {
  const { source, target, write } = work;
  write(heading(`${buildpack.looksFor} found: building with the ${buildpack.name} buildpack`));
  const passed = passedOver(room.buildpacks, buildpack, source);
  if (passed.length > 0)
    write(detail(`Also here: ${passed.join("; ")}. The ${buildpack.name} buildpack comes first.`));
  const plan = buildpack.plan(source, await findAll(room, buildpack, work));
  const { imageId } = await buildWithConfig(room, plan, work);
  return {
    image: { id: imageId, ref: target.ref, madeBy: "buildpack", port: defaultPort },
    defaultProcesses: () => plan.defaultProcesses,
  };
}

/** The app's build config reaches the plan's steps as one secret. */
function buildWithConfig(room: BuildRoom, plan: BuildPlan, work: Work): Promise<PlannedImage> {
  const { config } = work.offer;
  if (config.size === 0) return buildPlanned(room, plan, work);
  work.write(detail(`Config of builds: ${[...config.keys()].join(", ")}`));
  const script = configScript(config);
  // As the name of a cache, it tells nobody what is in it.
  const digest = room.cacheId(work.target.appId, `config ${script.reveal()}`);
  return buildPlanned(room, planWithConfig(plan, digest), work, new Map([[configSecret, script]]));
}

/** What others would have built, for people who wonder. A page of HTML is a part of most apps and says nothing. */
const passedOver = (buildpacks: Buildpack[], taken: Buildpack, source: SourceView): string[] =>
  buildpacks
    .filter(({ name }) => name !== taken.name && name !== "static")
    .filter((buildpack) => buildpack.detect(source))
    .map(({ looksFor }) => looksFor);

async function findAll(room: BuildRoom, buildpack: Buildpack, { source }: Work): Promise<Found[]> {
  const found: Found[] = [];
  for (let wish = buildpack.wants(source, found); wish; wish = buildpack.wants(source, found))
    found.push("tool" in wish ? await room.tools.find(wish) : await room.runtimes.find(wish));
  return found;
}
