import type { Buildpack, SourceView } from "../../buildpacks/buildpack";
import { foundOf } from "../../buildpacks/manifests";
import { defaultPort } from "../../core/image";
import { detail, heading } from "../../core/transcript";
import type { BuildRoom } from "../room";
import type { Made, Work } from "../work";
import { buildPlanned } from "./build-planned";
import { ownSecrets, planOwn } from "./plan-own";

/** Makes an image as a buildpack plans it. */
export async function makeWithBuildpack(room: BuildRoom, buildpack: Buildpack, work: Work): Promise<Made> {
  const { source, target, write } = work;
  write(heading(`${foundOf(buildpack, source)} found: building with the ${buildpack.name} buildpack`));
  for (const hint of hints(room.buildpacks, buildpack, source)) write(detail(hint));
  const plan = await planOwn(room, buildpack, work);
  const { imageId, bases } = await buildPlanned(room, plan, work, { secrets: ownSecrets(work) });
  return {
    image: { id: imageId, ref: target.ref, madeBy: "buildpack", port: defaultPort },
    bases,
    defaultProcesses: () => plan.defaultProcesses,
  };
}

/** What else could have been built, for people who wonder. A page of HTML is a part of most apps and says nothing. */
function hints(buildpacks: Buildpack[], taken: Buildpack, source: SourceView): string[] {
  const passed = buildpacks
    .filter(({ name }) => name !== taken.name && name !== "static")
    .filter((buildpack) => buildpack.detect(source))
    .map((buildpack) => foundOf(buildpack, source));
  return [
    ...(passed.length > 0
      ? [`Also here: ${passed.join("; ")}. The ${taken.name} buildpack comes first.`]
      : []),
    ...(hasAssets(source) && !["nodejs", "deno", "static"].includes(taken.name)
      ? [
          `The build script of package.json is not run. So that it is: paas buildpacks:add nodejs, then paas buildpacks:add ${taken.name}`,
        ]
      : []),
  ];
}

const hasAssets = ({ texts }: SourceView): boolean =>
  /"(build|heroku-postbuild)"\s*:/.test(texts.get("package.json") ?? "");
