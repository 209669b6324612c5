import { type BuildpackSource, buildpackText, configOf } from "../../core/buildpack-source";
import type { RunStep, Stage, Step } from "../build-plan";
import { fetchBuildpack, fetchSecrets, givenDirectory } from "./fetch-buildpack";
import { program } from "./program";

/** The stage that has a buildpack, by its place in the list from 0. */
export const fetchStageOf = (at: number): string => `buildpack${at + 1}`;

/**
 * By the build's own network, and by nobody else: an address leads nowhere that the app's own build could not go. Only what an operator
 * has put on the machine comes with the build's context.
 */
export function fetchStage(source: BuildpackSource, at: number, nonce: string): Stage[] {
  if (source.from === "platform" || source.from === "app") return [];
  const text = buildpackText(source);
  const fetch: RunStep = {
    do: "run",
    title: `Fetching ${text}`,
    command: ["fetch-buildpack", ...wordsOf(source)].join(" "),
    fault: `The buildpack ${text} cannot be used: see above why, and name another one or mend it (paas buildpacks shows what is set).`,
  };
  const names = configOf(source);
  const secrets = { names, directory: fetchSecrets, owner: 0 };
  const given: Step[] =
    source.from === "file" ? [{ do: "take", machine: source.path, to: `${givenDirectory}/` }] : [];
  const steps: Step[] = [
    program("fetch-buildpack", fetchBuildpack),
    ...given,
    // What lies elsewhere may change at any time.
    { ...fetch, ...(source.from === "file" ? {} : { nonce }), ...(names.length > 0 ? { secrets } : {}) },
  ];
  return [{ name: fetchStageOf(at), from: { stack: "build" }, steps }];
}

/** The wall (core/buildpack-address) lets nothing through that means something to a shell but the `$` of names. */
function wordsOf(source: Exclude<BuildpackSource, { from: "platform" | "app" }>): string[] {
  const quoted = (words: string[]): string[] => words.map((word) => `'${word}'`);
  if (source.from === "file") return ["given", ...quoted(source.ref === null ? [] : [source.ref])];
  const { login = null } = source;
  const ref = source.from === "git" ? source.ref : null;
  const rest = login !== null ? [ref ?? "", login] : ref !== null ? [ref] : [];
  return [source.from, ...quoted([source.url, ...rest])];
}
