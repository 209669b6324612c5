import type { SourceView } from "./buildpack";

/** A directory of a source as a source of its own. It is unfinished: what is around it may bring more. */
export function sourceBelow({ files, texts, procfile }: SourceView, directory: string): SourceView {
  const prefix = `${directory}/`;
  const below = [...files].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const known = [...texts].filter(([path]) => path.startsWith(prefix));
  return {
    names: new Set(below.map((path) => path.split("/", 1)[0] ?? "")),
    files: new Set(below),
    texts: new Map(known.map(([path, text]) => [path.slice(prefix.length), text])),
    procfile,
    unfinished: true,
  };
}
