import type { Buildpack, SourceView } from "../buildpacks/buildpack";
import { buildpackText } from "../core/buildpack-source";
import { PaasError } from "../core/error";
import { type Chosen, inline } from "./chosen-buildpacks";

/** How an image will be made. */
export type Way =
  | { by: "dockerfile" }
  | { by: "buildpack"; buildpack: Buildpack }
  | { by: "classic"; chosen: Chosen /** The last one, if it is the platform's. */; own: Buildpack | null };

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
  const { sources, by } = chosen;
  const misplaced = sources.slice(0, -1).find(({ from }) => from === "platform");
  if (misplaced)
    throw new PaasError(
      "build_failed",
      `${buildpackText(misplaced)} is a buildpack of the platform, and only the last one may be (${by}): leave it out, or write the git address of the original that it stands for.`,
    );
  const missing = inline.find((path) => !source.files.has(path));
  if (missing !== undefined && sources.some(({ from }) => from === "app"))
    throw new PaasError(
      "build_failed",
      `The app is to be its own buildpack (inline, ${by}), but there is no ${missing}.`,
    );
  const last = sources.at(-1);
  if (last?.from !== "platform") return { by: "classic", chosen, own: null };
  const own = ownBuildpack(last.name, by, source, buildpacks);
  return sources.length === 1 ? { by: "buildpack", buildpack: own } : { by: "classic", chosen, own };
}

function ownBuildpack(name: string, by: string, source: SourceView, buildpacks: Buildpack[]): Buildpack {
  const candidates = buildpacks.filter((candidate) => candidate.name === name);
  const own = candidates.find((candidate) => candidate.detect(source));
  if (own) return own;
  const lookedFor = candidates.map(({ looksFor }) => looksFor).join(" or ");
  throw new PaasError(
    "build_failed",
    `The buildpack ${name} was chosen (${by}), but there is no ${lookedFor}.\n${found(source)}`,
  );
}

function found({ names }: SourceView): string {
  if (names.size === 0) return "The commit has no files.";
  const shown = [...names].sort().slice(0, 12);
  return `Found: ${shown.join(", ")}${names.size > shown.length ? ", ..." : ""}`;
}
