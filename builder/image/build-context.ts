import type { ContextEntry } from "./context-entry";

/** A file of ours beside the source. */
export interface ContextFile {
  name: string;
  text: string | Buffer;
  executable?: true;
}

export interface ContextRecipe {
  /** Put in front of every path; "" or ending with a slash. */
  prefix: string;
  /** The Dockerfile, at the context's root; one of the same name in the source is left out. */
  dockerfile: { name: string; text: string };
  /** What else lies there; the source lies under a prefix then, or they would meet. */
  files?: ContextFile[];
  /** Buildpacks of the machine, each in a directory of its own. */
  machine?: Array<{ directory: string; entries: ContextEntry[] }>;
  /** Whether a file of the source stays out. */
  leavesOut(path: string): boolean;
}

/** What a build may copy: the source, filtered, and what of ours lies beside it. */
export function buildContext(source: ContextEntry[], recipe: ContextRecipe): ContextEntry[] {
  const { prefix, dockerfile, files = [], machine = [], leavesOut } = recipe;
  const kept = source
    .filter(({ path }) => !leavesOut(path) && prefix + path !== dockerfile.name)
    .map((entry) => ({ ...entry, path: prefix + entry.path }));
  const ofMachine = machine.flatMap(({ directory, entries }) =>
    entries.map((entry) => ({ ...entry, path: `${directory}/${entry.path}` })),
  );
  return [...kept, ...ofMachine, ...[dockerfile, ...files].map(contextEntry)];
}

/** A file of ours as an entry. */
export function contextEntry({ name, text, executable }: ContextFile): ContextEntry {
  const bytes = Buffer.from(text);
  return {
    path: name,
    type: "file",
    mode: executable ? 0o755 : 0o644,
    mtimeMs: 0,
    linkname: "",
    size: bytes.length,
    async *content() {
      yield bytes;
    },
  };
}

/** The part of a source below a directory, as a source of its own. */
export function within(source: ContextEntry[], directory: string | undefined): ContextEntry[] {
  if (directory === undefined) return source;
  const prefix = `${directory}/`;
  return source
    .filter(({ path }) => path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}
