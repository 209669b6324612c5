import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import tar from "tar-stream";
import type { Archive } from "../../builder/source/archive";

/** A source archive in memory. */
export async function archiveOf(
  entries: readonly (Partial<tar.Header> & { name: string; text?: string })[],
): Promise<Archive> {
  const pack = tar.pack();
  for (const { text, ...entry } of entries) pack.entry({ type: "file", ...entry }, text ?? "");
  pack.finalize();
  const bytes = await buffer(pack);
  return {
    bytes: bytes.length,
    read: () => Readable.from([bytes.subarray(0, 700), bytes.subarray(700)]),
    async *slice(at, size) {
      yield bytes.subarray(at, at + size);
    },
    close: async () => undefined,
  };
}
