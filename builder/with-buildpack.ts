import type { Buildpack, SourceView } from "../buildpacks/buildpack";
import { defaultPort } from "../core/image";
import { detail, heading } from "../core/transcript";
import { buildPlanned } from "./build-planned";
import { ownSecrets, planOwn } from "./plan-own";
import type { BuildRoom } from "./room";
import type { Made, Work } from "./work";

/** Makes an image as a buildpack plans it. */
export async function makeWithBuildpack(room: BuildRoom, buildpack: Buildpack, work: Work): Promise<Made> {
  const { source, target, write } = work;
  write(heading(`${buildpack.looksFor} found: building with the ${buildpack.name} buildpack`));
  const passed = passedOver(room.buildpacks, buildpack, source);
  if (passed.length > 0)
    write(detail(`Also here: ${passed.join("; ")}. The ${buildpack.name} buildpack comes first.`));
  const plan = await planOwn(room, buildpack, work);
  const { imageId } = await buildPlanned(room, plan, work, ownSecrets(work));
  return {
    image: { id: imageId, ref: target.ref, madeBy: "buildpack", port: defaultPort },
    defaultProcesses: () => plan.defaultProcesses,
  };
}

/** What others would have built, for people who wonder. A page of HTML is a part of most apps and says nothing. */
const passedOver = (buildpacks: Buildpack[], taken: Buildpack, source: SourceView): string[] =>
  buildpacks
    .filter(({ name }) => name !== taken.name && name !== "static")
    .filter((buildpack) => buildpack.detect(source))
    .map(({ looksFor }) => looksFor);
