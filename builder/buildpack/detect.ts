import type { Buildpack, SourceView } from "../../buildpacks/buildpack";
import { looksFor } from "../../buildpacks/manifests";
import { type BuildpackSource, parseBuildpack } from "../../core/buildpack-source";
import { PaasError } from "../../core/error";
import { type Chosen, inline } from "./chosen-buildpacks";
import { unknownApp, whatIsThere } from "./unknown-app";

/** How an image will be made. */
export type Way =
  | { by: "dockerfile" }
  | { by: "buildpack"; buildpack: Buildpack }
  | { by: "chain"; chosen: Chosen; links: Link[] };

/** Buildpacks of others that follow each other build in one place; each of the platform's own makes a plan of its own. */
export type Link = { classic: BuildpackSource[] } | { own: Buildpack };

/**
 * Buildpacks that somebody chose, then a Dockerfile, then the platform's buildpacks in their order; throws `build_failed` with the list of
 * what was looked for.
 */
export function detect(
  source: SourceView,
  buildpacks: Buildpack[],
  dockerfile?: string,
  chosen: Chosen | null = null,
): Way {
  if (chosen) return wayOf(chosen, source, buildpacks);
  if (source.texts.has(dockerfile ?? "Dockerfile")) return { by: "dockerfile" };
  if (dockerfile !== undefined)
    throw new PaasError(
      "build_failed",
      `There is no ${dockerfile}, which is to be built: commit it, or correct it with paas builds:set --dockerfile.`,
    );
  const buildpack = buildpacks.find((candidate) => candidate.detect(source));
  if (buildpack) return withThoseBefore(buildpack, source, buildpacks);
  throw new PaasError("build_failed", unknownApp(source, buildpacks));
}

function withThoseBefore(buildpack: Buildpack, source: SourceView, buildpacks: Buildpack[]): Way {
  const before = buildpack.wantsBefore?.(source);
  if (!before) return { by: "buildpack", buildpack };
  const sources = [before.buildpack, buildpack.name].map(parseBuildpack);
  return wayOf({ sources, by: before.reason }, source, buildpacks);
}

function wayOf(chosen: Chosen, source: SourceView, buildpacks: Buildpack[]): Way {
  const { sources, by } = chosen;
  const missing = inline.find((path) => !source.files.has(path));
  if (missing !== undefined && sources.some(({ from }) => from === "app"))
    throw new PaasError(
      "build_failed",
      `The app is to be its own buildpack (inline, ${by}), but there is no ${missing}.`,
    );
  const links = linksOf(chosen, source, buildpacks);
  const [first] = links;
  return links.length === 1 && first && "own" in first
    ? { by: "buildpack", buildpack: first.own }
    : { by: "chain", chosen, links };
}

function linksOf({ sources, by }: Chosen, source: SourceView, buildpacks: Buildpack[]): Link[] {
  const links: Link[] = [];
  for (const [at, one] of sources.entries()) {
    const last = links.at(-1);
    if (one.from === "platform")
      links.push({ own: ownBuildpack(one.name, by, { ...source, unfinished: at > 0 }, buildpacks) });
    else if (last && "classic" in last) last.classic.push(one);
    else links.push({ classic: [one] });
  }
  return links;
}

function ownBuildpack(name: string, by: string, source: SourceView, buildpacks: Buildpack[]): Buildpack {
  const candidates = buildpacks.filter((candidate) => candidate.name === name);
  const own = candidates.find(({ detect, builds = detect }) => builds(source));
  if (own) return own;
  const lookedFor = candidates.map(looksFor).join(" or ");
  throw new PaasError(
    "build_failed",
    `The buildpack ${name} was chosen (${by}), but there is no ${lookedFor}.\n${whatIsThere(source)}`,
  );
}
