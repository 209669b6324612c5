import type { BuildPlan } from "../../buildpacks/build-plan";
import type { SourceView } from "../../buildpacks/buildpack";
import { chainPlans } from "../../buildpacks/chain";
import { classicPlan } from "../../buildpacks/classic/classic";
import type { ClassicBuild } from "../../buildpacks/classic/classic-build";
import { profileLauncher } from "../../buildpacks/classic/program";
import { readTold } from "../../buildpacks/classic/told";
import { type BuildpackSource, buildpackText, configOf } from "../../core/buildpack-source";
import { PaasError } from "../../core/error";
import { defaultPort } from "../../core/image";
import type { ProcessTypes } from "../../core/release";
import { detail, heading } from "../../core/transcript";
import type { BuildRoom } from "../room";
import type { BuildConfig } from "../source/build-config";
import type { Made, Work } from "../work";
import { buildPlanned } from "./build-planned";
import type { Chosen } from "./chosen-buildpacks";
import type { Link } from "./detect";
import { type MachineBuildpack, machineBuildpack } from "./machine-buildpack";
import { ownSecrets, planOwn } from "./plan-own";

/** Makes an image with buildpacks that somebody chose, one after the other: of Heroku's classic API, and the platform's own. */
export async function makeWithChain(
  room: BuildRoom,
  { sources, by }: Chosen,
  links: Link[],
  work: Work,
): Promise<Made> {
  const { target, source, offer, write } = work;
  write(heading(`Building with buildpacks (${by})`));
  for (const [at, one] of sources.entries()) write(detail(`${at + 1}. ${buildpackText(one)}`));
  for (const one of sources) checkConfig(one, offer.config);
  const machine = await fromMachine(room, sources);
  const plan = chainPlans(await plansOf(room, links, work));
  const own = links.some((link) => "own" in link) ? [...ownSecrets(work)] : [];
  const { imageId, bases, said } = await buildPlanned(room, plan, work, {
    secrets: new Map([...offer.config, ...own]),
    machine,
  });
  const classic = links.some((link) => "classic" in link);
  const { types, procfile = source.procfile } = classic ? readTold(said) : { types: {} };
  const image = { id: imageId, ref: target.ref, madeBy: "buildpack", port: defaultPort } as const;
  return {
    image: classic ? { ...image, launcher: profileLauncher } : image,
    bases,
    procfile,
    defaultProcesses: () => started({ ...plan.defaultProcesses, ...types }, procfile),
  };
}

function checkConfig(source: BuildpackSource, config: BuildConfig): void {
  const missing = configOf(source).find((name) => !config.has(name));
  if (missing !== undefined)
    throw new PaasError(
      "build_failed",
      `Fetching ${buildpackText(source)} wants config of builds that is not set: paas config:set --build ${missing}=...`,
    );
}

async function fromMachine(room: BuildRoom, sources: BuildpackSource[]): Promise<MachineBuildpack[]> {
  const found = new Map<string, MachineBuildpack>();
  for (const source of sources)
    if (source.from === "file")
      found.set(source.path, await machineBuildpack(room.buildpacksDirectory, source));
  return [...found.values()];
}

async function plansOf(room: BuildRoom, links: Link[], work: Work): Promise<BuildPlan[]> {
  const plans: BuildPlan[] = [];
  for (const [at, link] of links.entries()) {
    const last = at === links.length - 1;
    const plan =
      "own" in link
        ? await planOwn(room, link.own, { ...work, source: seenFrom(work.source, at, last) })
        : classicPlan(classicBuild(link.classic, links.slice(0, at), last, work));
    plans.push(plan);
  }
  return plans;
}

/** Only the last one is asked what to start: to the others it is as if a Procfile said it. */
const seenFrom = (source: SourceView, at: number, last: boolean): SourceView => ({
  ...source,
  unfinished: at > 0,
  procfile: last ? source.procfile : (source.procfile ?? ""),
});

function classicBuild(
  sources: BuildpackSource[],
  before: Link[],
  last: boolean,
  { offer, buildId }: Work,
): ClassicBuild {
  const number = before.filter((link) => "classic" in link).length + 1;
  return {
    sources,
    last,
    cache: number === 1 ? "classic" : `classic-${number}`,
    configNames: [...offer.config.keys()],
    commit: offer.commit,
    buildId,
  };
}

function started(defaults: ProcessTypes, procfile: string | null): ProcessTypes {
  if (procfile !== null || Object.keys(defaults).length > 0) return defaults;
  throw new PaasError(
    "build_failed",
    "Nothing says how to start this app: the last buildpack names no process types, so add a Procfile (web: ...).",
  );
}
