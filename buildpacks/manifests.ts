import type { Buildpack, SourceView } from "./buildpack";

type Known = Pick<Buildpack, "manifests" | "language">;

/** What a buildpack knows its apps by, e.g. `composer.json, index.php (PHP)`. */
export const looksFor = ({ manifests, language }: Known): string => `${manifests.join(", ")} (${language})`;

/** The same with only what is there; with all of it, where something else said that it is one. */
export function foundOf({ manifests, language }: Known, { names, files }: SourceView): string {
  const present = manifests.filter((path) => names.has(path) || files.has(path));
  return looksFor({ manifests: present.length > 0 ? present : manifests, language });
}
