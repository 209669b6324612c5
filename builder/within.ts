import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import tar from "tar-stream";
import type { Archive } from "./archive";

/** The part of an archive below a directory, as an archive of its own; paths are checked where it is read, as everywhere. */
export function within(archive: Archive, directory: string | undefined): Archive {
  if (directory === undefined) return archive;
  return {
    ...archive,
    read() {
      const pack = tar.pack();
      const source = archive.read();
      const out = new PassThrough({ highWaterMark: 1 << 18 });
      // A file's stream that is destroyed closes the file, which others read again.
      out.on("close", () => source.readableEnded || source.destroy());
      pack.on("error", (error: Error) => out.destroy(error));
      pack.pipe(out);
      const extract = tar.extract();
      source.on("error", (error) => extract.destroy(error));
      source.pipe(extract);
      move(extract, pack, `${directory}/`).catch((error: Error) => out.destroy(error));
      return out;
    },
  };
}

async function move(extract: tar.Extract, pack: tar.Pack, prefix: string): Promise<void> {
  for await (const entry of extract) {
    const { header } = entry;
    const name = header.name.replace(/^(?:\.?\/)+/, "");
    if (!name.startsWith(prefix) || name === prefix) {
      entry.resume();
      continue;
    }
    const moved = { ...header, pax: null, name: name.slice(prefix.length) };
    if (header.type === "file") await pipeline(entry, pack.entry(moved));
    else {
      pack.entry(moved);
      entry.resume();
    }
  }
  pack.finalize();
}
