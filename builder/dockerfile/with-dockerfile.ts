import type { BuildSettings } from "../../core/build-settings";
import { PaasError } from "../../core/error";
import { portOfExposed } from "../../core/image";
import { detail, heading } from "../../core/transcript";
import { basesOf, pulledBases } from "../image/bases";
import { buildContext, within } from "../image/build-context";
import { buildProgress } from "../image/progress";
import { stepPlace } from "../image/step-place";
import type { BuildRoom } from "../room";
import { plainLine } from "../transcript/transcript";
import type { Made, Work } from "../work";
import { checkReferences } from "./check-references";
import { prepareDockerfile } from "./directives";
import { ignoreRule } from "./docker-ignore";
import { dockerfileFailure } from "./failure";
import { argValues, given } from "./given";
import { isolateDockerfile } from "./isolate";
import { AppMountNames } from "./mount-names";
import { watchReads } from "./watch-reads";

/** Paths below the app's root. */
export const dockerfileReads = (settings: BuildSettings): string[] => [
  dockerfileOf(settings),
  ignoreFileOf(settings),
];
const dockerfileOf = ({ dockerfile }: BuildSettings): string => dockerfile ?? "Dockerfile";
const ignoreFileOf = ({ context }: BuildSettings): string =>
  context === undefined ? ".dockerignore" : `${context}/.dockerignore`;

/** Where the Dockerfile lies in its context; one from outside takes the usual place. */
function placeInContext({ dockerfile = "Dockerfile", context }: BuildSettings): string {
  if (context === undefined) return dockerfile;
  return dockerfile.startsWith(`${context}/`) ? dockerfile.slice(context.length + 1) : "Dockerfile";
}

/** Makes an image as the repository's own Dockerfile says. */
export async function makeWithDockerfile(room: BuildRoom, work: Work): Promise<Made> {
  const { source, settings, target, write, signal } = work;
  const prepared = prepareDockerfile(source.texts.get(dockerfileOf(settings)) ?? "");
  const names = new AppMountNames((subject) => room.cacheId(target.appId, subject), work.offer.config);
  const { text, references, inputs } = isolateDockerfile(prepared.text, argValues(work.offer), names);
  write(heading(`${dockerfileOf(settings)} found: building it`));
  if (prepared.syntax !== null)
    write(
      detail(
        `"# syntax=${prepared.syntax}" is not fetched: the engine's own Dockerfile frontend builds this.`,
      ),
    );
  await checkReferences(room.engine, references);
  const ignores = ignoreRule(source.texts.get(ignoreFileOf(settings)));
  const recipe = { prefix: "", dockerfile: { name: placeInContext(settings), text }, leavesOut: ignores };
  const progress = buildProgress(write, (name, cached) => stepTitle(names.restored(name), cached));
  const context = buildContext(within(work.entries, settings.context), recipe);
  const inputsGiven = given(work.offer, inputs, (name) => names.secret(name), write);
  const request = {
    context,
    dockerfile: recipe.dockerfile.name,
    ref: target.ref,
    labels: target.labels,
    stage: settings.target,
    ...inputsGiven,
    signal,
  };
  const watch = watchReads(references, work.end);
  const pulled = pulledBases();
  const answer = await room.engine.build(request, (trace) => {
    watch(trace);
    pulled.take(trace);
    progress.take(trace);
  });
  const failed = progress.end();
  if ("error" in answer)
    throw new PaasError(
      "build_failed",
      names.restored(dockerfileFailure(failed, answer.error, (name) => shortened(names.restored(name)))),
    );
  const facts = await room.engine.inspect(answer.imageId);
  if (!facts) throw new PaasError("unavailable", "The image is gone from the engine right after its build.");
  const images = references.map(({ image }) => image);
  return {
    bases: await basesOf(room.engine, images, write, pulled.digests),
    image: { id: answer.imageId, ref: target.ref, madeBy: "dockerfile", port: portOfExposed(facts.exposed) },
    healthChecks: facts.healthChecks,
    defaultProcesses: () => {
      if (source.procfile !== null) return {};
      if (facts.hasCommand) return { web: { command: null } };
      throw new PaasError(
        "build_failed",
        "Nothing says how to start this app: give the Dockerfile a CMD or an ENTRYPOINT, or add a Procfile.",
      );
    },
  };
}

/** BuildKit's own steps (loading the Dockerfile and such) tell nobody anything. */
const stepTitle = (name: string, cached: boolean): string | null =>
  stepPlace(name) === null ? null : detail(`${shortened(name)}${cached ? " (cached)" : ""}`);

const shortened = (name: string): string => {
  const line = plainLine(name.replace(/\s+/g, " ").replace(" FROM docker.io/", " FROM "));
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
};
