import { basename, dirname, extname } from "node:path";
import type { Buildpack, SourceView } from "../../buildpacks/buildpack";
import { looksFor } from "../../buildpacks/manifests";

/** What a source without a manifest lacks, by the ending of files at its root. */
const lacking: Record<string, string> = {
  ".go": "a go.mod (go mod init NAME)",
  ".js": "a package.json (npm init)",
  ".php": "an index.php or a composer.json",
  ".py": "a requirements.txt, which may be empty",
  ".rb": "a Gemfile",
  ".ts": "a package.json (npm init)",
};

/** How many directories with an app of their own are told. */
const shown = 3;

/** Says that nothing knows how to build a source: what was looked for, what is there, and what the reason may be. */
export function unknownApp(source: SourceView, buildpacks: Buildpack[]): string {
  const lookedFor = ["Dockerfile", ...buildpacks.map(looksFor)];
  return [
    "Nothing here says how to build this app.",
    "Looked at the root for:",
    ...lookedFor.map((name) => `  ${name}`),
    whatIsThere(source),
    ...advice(source, buildpacks),
  ].join("\n");
}

export function whatIsThere({ names }: SourceView): string {
  if (names.size === 0) return "The commit has no files.";
  const some = [...names].sort().slice(0, 12);
  return `Found: ${some.join(", ")}${names.size > some.length ? ", ..." : ""}`;
}

function advice({ names, files }: SourceView, buildpacks: Buildpack[]): string[] {
  const manifests = new Set(["Dockerfile", ...buildpacks.flatMap(({ manifests }) => manifests)]);
  const below = [...files].filter((path) => manifests.has(basename(path)) && path.split("/").length <= 3);
  const places = [...new Set(below.map(dirname))].sort().slice(0, shown);
  const file = [...names].sort().find((name) => files.has(name) && extname(name) in lacking);
  return [
    ...places.map((place) => `Is it the app in ${place}? Then: paas builds:set --root ${place}`),
    ...(file ? [`To have ${file} built, add ${lacking[extname(file)]}.`] : []),
  ];
}
