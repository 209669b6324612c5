import type { Buildpack, SourceView } from "../buildpacks/buildpack";
import { PaasError } from "../core/error";
import type { Chosen } from "./chosen-buildpacks";

/** How an image will be made. */
export type Way =
  | { by: "dockerfile" }
  | { by: "buildpack"; buildpack: Buildpack }
  | { by: "classic"; chosen: Chosen };

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
  if (buildpack) return { by: "buildpack", buildpack };
  const lookedFor = ["Dockerfile", ...buildpacks.map(({ looksFor }) => looksFor)];
  throw new PaasError(
    "build_failed",
    `Nothing here says how to build this app. Looked at the root for:\n${lookedFor.map((name) => `  ${name}`).join("\n")}\n${found(source)}`,
  );
}

function wayOf(chosen: Chosen, source: SourceView, buildpacks: Buildpack[]): Way {
  const own = chosen.sources.find(({ from }) => from === "platform");
  if (own?.from !== "platform") return { by: "classic", chosen };
  if (chosen.sources.length > 1)
    throw new PaasError(
      "build_failed",
      `The buildpack ${own.name} is the platform's own and cannot be one of several (${chosen.by}): name the git address of the original, such as https://github.com/heroku/heroku-buildpack-${own.name}.git.`,
    );
  const candidates = buildpacks.filter(({ name }) => name === own.name);
  const buildpack = candidates.find((candidate) => candidate.detect(source));
  if (buildpack) return { by: "buildpack", buildpack };
  const lookedFor = candidates.map(({ looksFor }) => looksFor).join(" or ");
  throw new PaasError(
    "build_failed",
    `The buildpack ${own.name} was chosen (${chosen.by}), but there is no ${lookedFor}.\n${found(source)}`,
  );
}

function found({ names }: SourceView): string {
  if (names.size === 0) return "The commit has no files.";
  const shown = [...names].sort().slice(0, 12);
  return `Found: ${shown.join(", ")}${names.size > shown.length ? ", ..." : ""}`;
}
