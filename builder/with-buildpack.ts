import type { Buildpack, Found, SourceView } from "../buildpacks/buildpack";
import { PaasError } from "../core/error";
import { defaultPort } from "../core/image";
import { sourceLimits } from "../core/source-entry";
import { detail, heading } from "../core/transcript";
import { buildContext } from "./build-context";
import { buildProgress, type StepTitle } from "./image/progress";
import { renderDockerfile, sourceDirectory } from "./render-dockerfile";
import type { BuildRoom } from "./room";
import { stepPlace } from "./step-place";
import type { Made, Work } from "./work";

/** In place of an app's id. */
const everyApp = "*";

/** Makes an image as a buildpack plans it. */
export async function makeWithBuildpack(room: BuildRoom, buildpack: Buildpack, work: Work): Promise<Made> {
  const { archive, source, target, write, signal } = work;
  write(heading(`${buildpack.looksFor} found: building with the ${buildpack.name} buildpack`));
  const passed = passedOver(room.buildpacks, buildpack, source);
  if (passed.length > 0)
    write(detail(`Also here: ${passed.join("; ")}. The ${buildpack.name} buildpack comes first.`));
  const plan = buildpack.plan(source, await findAll(room, buildpack, work));
  for (const note of plan.notes) write(detail(note));
  const rendered = renderDockerfile(plan, await room.stack(write), ({ name, shared }) =>
    room.cacheId(shared ? everyApp : target.appId, name),
  );
  const excluded = new Set(plan.excludes);
  const recipe = {
    prefix: `${sourceDirectory}/`,
    dockerfile: { name: "Dockerfile", text: rendered.dockerfile },
    files: rendered.files,
    leavesOut: (path: string) => excluded.has(path.split("/", 1)[0] ?? ""),
  };
  const progress = buildProgress(write, titleIn(rendered.titles));
  const context = buildContext(archive, recipe, sourceLimits);
  const request = { context, dockerfile: "Dockerfile", ref: target.ref, labels: target.labels, signal };
  const answer = await room.engine.build(request, (trace) => progress.take(trace));
  const failed = progress.end();
  if ("error" in answer)
    throw new PaasError("build_failed", failureText(rendered.titles, failed, answer.error));
  return {
    image: { id: answer.imageId, ref: target.ref, madeBy: "buildpack", port: defaultPort },
    defaultProcesses: () => plan.defaultProcesses,
  };
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

const titleIn =
  (titles: ReadonlyMap<string, string>): StepTitle =>
  (name, cached) => {
    const title = titles.get(stepPlace(name) ?? "");
    return title === undefined ? null : heading(cached ? `${title} (cached)` : title);
  };

function failureText(titles: ReadonlyMap<string, string>, failed: string | null, error: string): string {
  const title = titles.get(stepPlace(failed ?? "") ?? "");
  const exitCode = /exit code: (\d+)/.exec(error)?.[1];
  return title && exitCode ? `${title} failed with exit code ${exitCode}.` : `The build failed: ${error}`;
}
