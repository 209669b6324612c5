import { type BuildpackSource, buildpackText } from "../../core/buildpack-source";
import type { RunStep, Stage } from "../build-plan";
import { program } from "./program";
import { fetchBuildpack } from "./scripts";

/** The stage that has a buildpack, by its place in the list from 0. */
export const fetchStageOf = (at: number): string => `buildpack${at + 1}`;

/** By the build's own network, and by nobody else: an address leads nowhere that the app's own build could not go. */
export function fetchStage(source: BuildpackSource, at: number, nonce: string): Stage[] {
  if (source.from !== "git" && source.from !== "tarball") return [];
  const text = buildpackText(source);
  const ref = source.from === "git" && source.ref !== null ? ` '${source.ref}'` : "";
  const fetch: RunStep = {
    do: "run",
    title: `Fetching ${text}`,
    command: `fetch-buildpack ${source.from} '${source.url}'${ref}`,
    nonce,
    fault: `The buildpack ${text} cannot be used: see above why, and name another one or mend it (paas buildpacks shows what is set).`,
  };
  const steps = [program("fetch-buildpack", fetchBuildpack), fetch];
  return [{ name: fetchStageOf(at), from: { stack: "build" }, steps }];
}
