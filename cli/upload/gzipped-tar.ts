import type { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import tar from "tar-stream";

/** A gzipped tar, as it is filled; what `fill` throws is the stream's error. */
export function gzippedTar(fill: (pack: tar.Pack) => Promise<void>): Readable {
  const pack = tar.pack();
  const zipped = createGzip({ level: 1 });
  pack.on("error", (error: Error) => zipped.destroy(error));
  pack.pipe(zipped);
  zipped.on("close", () => pack.destroy());
  fill(pack)
    .then(() => pack.finalize())
    .catch((error: Error) => zipped.destroy(error));
  return zipped;
}
