import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { SourceView } from "../../buildpacks/buildpack";

/** A source as a buildpack sees it, from the texts of its files by path; a file named Procfile is the Procfile. */
export function sourceOf(files: Record<string, string>): SourceView {
  const paths = Object.keys(files);
  return {
    names: new Set(paths.map((path) => path.split("/", 1)[0] ?? "")),
    files: new Set(paths),
    texts: new Map(Object.entries(files)),
    procfile: files.Procfile ?? null,
  };
}

/** The same for a directory. */
export function sourceIn(directory: string): SourceView {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return sourceOf(
    Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path, "utf8")])),
  );
}
