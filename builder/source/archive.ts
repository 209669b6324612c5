import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { messageOf, PaasError } from "../../core/error";
import { newId } from "../../core/id";
import { askServer } from "./ask-server";

/** A source archive on this machine's disk, read as often as needed. */
export interface Archive {
  /** From its beginning; an uncompressed tar. */
  read(): Readable;
  /** So many bytes from a place in it; throws `unavailable` when they cannot be read. */
  slice(at: number, bytes: number): AsyncIterable<Uint8Array>;
  bytes: number;
  close(): Promise<void>;
}

export interface ArchiveSource {
  url: string;
  token: string;
  /** Where to keep it meanwhile. */
  directory: string;
  maxBytes: number;
  signal: AbortSignal;
}

/**
 * Fetches a build's source. The file has no name from the start: however the builder dies, nothing is left behind.
 * Throws `unavailable` when the server does not give it, `build_failed` when it is too large.
 */
export async function fetchArchive(source: ArchiveSource): Promise<Archive> {
  const file = openUnnamed(source.directory);
  const body = request(source);
  try {
    const [to, from] = await Promise.all([file, body]);
    return archiveIn(to, await keep(from, to, source.maxBytes));
  } catch (error) {
    await Promise.allSettled([body.then((from) => from.destroy()), file.then((to) => to.close())]);
    if (error instanceof PaasError) throw error;
    throw new PaasError("unavailable", `The source could not be fetched: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function openUnnamed(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `source-${newId()}.tar`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}

/** Returns how many bytes there were. */
async function keep(from: Readable, to: FileHandle, maxBytes: number): Promise<number> {
  let bytes = 0;
  for await (const chunk of from) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    await to.writeFile(chunk as Buffer);
  }
  return bytes;
}

const archiveIn = (file: FileHandle, bytes: number): Archive => ({
  bytes,
  read: () =>
    bytes === 0
      ? Readable.from([])
      : file.createReadStream({ start: 0, end: bytes - 1, autoClose: false, highWaterMark: 1 << 18 }),
  slice: (at, size) => slice(file, at, size),
  close: () => file.close(),
});

const sliceBytes = 1 << 17;

async function* slice(file: FileHandle, at: number, size: number): AsyncGenerator<Uint8Array> {
  for (let position = at; position < at + size; ) {
    const length = Math.min(sliceBytes, at + size - position);
    const read = await file.read(Buffer.allocUnsafe(length), 0, length, position).catch((cause: unknown) => {
      throw new PaasError("unavailable", `The source could not be read again: ${messageOf(cause)}`, {
        cause,
      });
    });
    if (read.bytesRead === 0) throw new PaasError("unavailable", "The source has become shorter meanwhile.");
    yield read.buffer.subarray(0, read.bytesRead);
    position += read.bytesRead;
  }
}

async function request({ url, token, signal }: ArchiveSource): Promise<Readable> {
  try {
    return await askServer(url, token, signal);
  } catch (error) {
    throw new PaasError(
      "unavailable",
      `The server did not give the source of this build: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

const tooLarge = (maxBytes: number): PaasError =>
  new PaasError(
    "build_failed",
    `The source is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB: keep large files out of the repository.`,
  );
