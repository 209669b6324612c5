import type { Buildpack, SourceView } from "../buildpacks/buildpack";
import { PaasError } from "../core/error";

/** How an image will be made. */
export type Way = { by: "dockerfile" } | { by: "buildpack"; buildpack: Buildpack };

/** A Dockerfile first, then the buildpacks in their order; throws `build_failed` with the list of what was looked for. */
export function detect(source: SourceView, buildpacks: Buildpack[], dockerfile?: string): Way {
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

function found({ names }: SourceView): string {
  if (names.size === 0) return "The commit has no files.";
  const shown = [...names].sort().slice(0, 12);
  return `Found: ${shown.join(", ")}${names.size > shown.length ? ", ..." : ""}`;
}
