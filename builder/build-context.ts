import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import tar from "tar-stream";
import { entryCheck, type SourceLimits } from "../core/source-entry";
import type { Archive } from "./archive";
import type { MachineEntry } from "./machine-buildpack";
import { refusedSource } from "./refused-source";

/** A file of ours beside the source. */
export interface ContextFile {
  name: string;
  text: string;
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
  machine?: Array<{ directory: string; entries: MachineEntry[] }>;
  /** Whether a file of the source stays out. */
  leavesOut(path: string): boolean;
}

/** Streams an archive as a build context: checked again, filtered, nothing but files, directories and links in it. */
export function buildContext(archive: Archive, recipe: ContextRecipe, limits: SourceLimits): Readable {
  const pack = tar.pack();
  const out = new PassThrough({ highWaterMark: 1 << 18 });
  const source = archive.read();
  pack.on("error", (error: Error) => out.destroy(error));
  pack.pipe(out);
  out.on("close", () => {
    source.destroy();
    pack.destroy();
  });
  fill(pack, source, recipe, limits).catch((error: unknown) =>
    out.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return out;
}

async function fill(
  pack: tar.Pack,
  source: Readable,
  recipe: ContextRecipe,
  limits: SourceLimits,
): Promise<void> {
  for (const { directory, entries } of recipe.machine ?? [])
    for (const entry of entries) await packMachineEntry(pack, `${directory}/${entry.name}`, entry);
  const check = entryCheck(limits, refusedSource);
  // Asked for entries from here on: those that come earlier would be lost.
  const extract = tar.extract();
  source.on("error", (error) => extract.destroy(error));
  source.pipe(extract);
  const ours: ContextFile[] = [recipe.dockerfile, ...(recipe.files ?? [])];
  for (const { name, text, executable } of ours)
    pack.entry({ name, mode: executable ? 0o755 : 0o644, mtime: new Date(0) }, text);
  for await (const entry of extract) {
    const found = check(entry.header);
    if (!found || recipe.leavesOut(found.path) || recipe.prefix + found.path === recipe.dockerfile.name) {
      entry.resume();
      continue;
    }
    const { header } = entry;
    const common = { name: recipe.prefix + found.path, mtime: header.mtime ?? new Date(0), uid: 0, gid: 0 };
    if (found.type === "file")
      await pipeline(
        entry,
        pack.entry({ ...common, mode: modeOf(header.mode), size: header.size ?? 0, type: "file" }),
      );
    else if (found.type === "directory") pack.entry({ ...common, mode: 0o755, type: "directory" });
    else pack.entry({ ...common, type: "symlink", linkname: header.linkname ?? "" });
    if (found.type !== "file") entry.resume();
  }
  pack.finalize();
}

async function packMachineEntry(pack: tar.Pack, name: string, entry: MachineEntry): Promise<void> {
  const common = { name, mtime: new Date(0), uid: 0, gid: 0 };
  if (entry.type === "directory") pack.entry({ ...common, mode: 0o755, type: "directory" });
  else if (entry.type === "symlink") pack.entry({ ...common, type: "symlink", linkname: entry.target });
  else {
    const header = { ...common, mode: entry.executable ? 0o755 : 0o644, size: entry.bytes };
    if (entry.bytes === 0) pack.entry(header, "");
    else await pipeline(await entry.read(), pack.entry(header));
  }
}

/** Git knows two modes of a file; anything else (setuid, world-writable) goes. */
const modeOf = (mode: number | undefined): number => ((mode ?? 0) & 0o100 ? 0o755 : 0o644);
