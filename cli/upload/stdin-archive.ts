import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { invalid } from "../../core/error";
import { maxUploadBytes } from "../../core/source-entry";
import { beginsLikeZip, packOpenZip } from "./pack-zip";

/** Enough to tell a zip by. */
const headBytes = 4;

/** An archive on stdin as a tar, gzipped or not: a tar goes on as it comes, a zip is packed anew. Throws `invalid` for too large a zip. */
export async function stdinArchive(stdin: AsyncIterable<Buffer | string>): Promise<Readable> {
  const chunks = stdin[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < headBytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, Buffer.from(value)]);
  }
  const all = Readable.from(wholeOf(head, chunks), { objectMode: false });
  return beginsLikeZip(head) ? packOpenZip("archive from stdin", await kept(all)) : all;
}

async function* wholeOf(head: Buffer, rest: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer | string> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** In a file that has no name: a zip can be read only once its end is there, and however this program ends, nothing is left behind. */
async function kept(stream: Readable): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "paas-deploy-"));
  const file = await open(join(directory, "archive"), "wx+", 0o600).finally(() =>
    rm(directory, { recursive: true, force: true }),
  );
  try {
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxUploadBytes) throw tooLarge();
      await file.writeFile(chunk as Buffer);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

const tooLarge = (): Error =>
  invalid(
    `The zip on stdin is over the limit of ${maxUploadBytes / 2 ** 20} MB: leave out what the build makes or installs itself.`,
  );
