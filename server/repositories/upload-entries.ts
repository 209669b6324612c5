import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { invalid, isPaasError, messageOf, type PaasError } from "../../core/error";
import { entryCheck, type SourceLimits } from "../../core/source-entry";

/** A file or a symbolic link of an uploaded archive. */
export interface UploadEntry {
  path: string;
  mode: "100644" | "100755" | "120000";
  /** Bytes of the content, which is to be read before the next entry is asked for. Of a link: where it leads. */
  size: number;
  content: AsyncIterable<Buffer>;
}

/** A tar's headers, which its reader holds in memory, have no bound of their own. */
const maxHeaderBytes = 2 ** 20;
/** What all headers together may add to the files. */
const maxOverheadBytes = 2 ** 29;

/**
 * The files and links of a tar, gzipped or not, that anybody may have made: each entry is checked, git's own directory is left out and
 * directories are passed over, as git does. Throws `invalid` with what is wrong; PaasErrors of the body pass.
 */
export async function* uploadEntries(
  body: AsyncIterable<Buffer>,
  limits: SourceLimits,
): AsyncGenerator<UploadEntry> {
  const guard = headerGuard(limits);
  const extract = tar.extract();
  const source = Readable.from(guard.watch(inflated(body)));
  source.on("error", (error: Error) => extract.destroy(error));
  source.pipe(extract);
  const check = entryCheck(limits, refusedUpload);
  try {
    for await (const entry of extract) {
      guard.rest();
      const found = check(entry.header);
      if (!found || found.type === "directory" || isGits(found.path)) {
        for await (const _ of entry) guard.rest();
        continue;
      }
      if (found.type === "symlink") {
        const target = Buffer.from(entry.header.linkname ?? "");
        yield { path: found.path, mode: "120000", size: target.length, content: Readable.from([target]) };
        entry.resume();
      } else
        yield {
          path: found.path,
          mode: (entry.header.mode ?? 0) & 0o100 ? "100755" : "100644",
          size: entry.header.size ?? 0,
          content: guard.resting(entry),
        };
    }
  } catch (error) {
    throw told(error);
  } finally {
    source.destroy();
    extract.destroy();
  }
}

const isGits = (path: string): boolean => path.split("/").includes(".git");

const refusedUpload = (why: string): PaasError => invalid(`The upload cannot be taken: ${why}.`);

const told = (cause: unknown): PaasError =>
  isPaasError(cause)
    ? cause
    : invalid(
        `The upload cannot be read as a tar archive, gzipped or not (${messageOf(cause)}): pack it with tar -czf.`,
      );

/** Counts what goes into the tar's reader without anything of a file coming out, and all of it. */
function headerGuard(limits: SourceLimits) {
  let sinceFile = 0;
  let total = 0;
  const rest = (): void => {
    sinceFile = 0;
  };
  return {
    rest,
    async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        sinceFile += chunk.length;
        total += chunk.length;
        if (sinceFile > maxHeaderBytes) throw refusedUpload("a name or another header in it is too long");
        if (total > limits.maxBytes + maxOverheadBytes)
          throw refusedUpload(`it unpacks to more than ${Math.floor(limits.maxBytes / 2 ** 20)} MiB`);
        yield chunk;
      }
    },
    async *resting(content: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
      try {
        for await (const chunk of content) {
          rest();
          yield chunk as Buffer;
        }
      } catch (error) {
        throw told(error);
      }
    },
  };
}

/** Gzip is known by its first two bytes, whatever anybody says of it. */
async function* inflated(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head = Buffer.concat([head, next.value]);
    if (head.length >= 2) break;
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  const gunzip = createGunzip();
  const source = Readable.from(whole());
  source.on("error", (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
}
