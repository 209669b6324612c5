import type { SourceView } from "../../buildpacks/buildpack";
import type { BuildSettings } from "../../core/build-settings";
import { type BuildpackSource, parseBuildpack } from "../../core/buildpack-source";
import { isPaasError, PaasError } from "../../core/error";

/** Buildpacks that somebody named, and where. */
export interface Chosen {
  sources: BuildpackSource[];
  by: string;
}

export const buildpacksFile = ".buildpacks";

/**
 * What is set for the app comes first, then `.buildpacks`; app.json is for Heroku too, and gives way to a Dockerfile. An app that has
 * the programs of a buildpack is its own.
 * Null when nobody named any; throws `build_failed` for what names none.
 */
export function chosenBuildpacks(
  { buildpacks = [], dockerfile }: BuildSettings,
  source: SourceView,
  inAppJson: string[],
): Chosen | null {
  if (buildpacks.length > 0) return chosen(buildpacks, "paas buildpacks");
  if (dockerfile !== undefined) return null;
  const inFile = linesOf(source.texts.get(buildpacksFile) ?? "");
  if (inFile.length > 0) return chosen(inFile, buildpacksFile);
  if (source.names.has("Dockerfile")) return null;
  if (inAppJson.length > 0) return chosen(inAppJson, "app.json");
  return inline.every((path) => source.files.has(path)) ? chosen(["inline"], inline.join(", ")) : null;
}

/** What an app has that is its own buildpack. */
export const inline = ["bin/detect", "bin/compile"];

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^#/.test(line));

const chosen = (names: string[], by: string): Chosen => ({
  by,
  sources: names.map((name, at) => {
    try {
      return parseBuildpack(name);
    } catch (error) {
      if (!isPaasError(error, "invalid")) throw error;
      throw new PaasError("build_failed", `Buildpack ${at + 1} of ${by}: ${error.message}`);
    }
  }),
});
