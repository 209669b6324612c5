import tar from "tar-stream";
import type { SourceView } from "../buildpacks/buildpack";
import { PaasError } from "../core/error";
import { entryCheck, type SourceLimits } from "../core/source-entry";
import type { Archive } from "./archive";
import { refusedSource } from "./refused-source";

const maxTextBytes = 1 << 20;
/** Of a file whose beginning is enough. */
const headBytes = 4096;

export interface Reads {
  whole: ReadonlySet<string>;
  head: ReadonlySet<string>;
}

/** Looks through an archive once: every entry is checked, names and paths are kept, and the text of `reads`. */
export async function surveySource(
  archive: Archive,
  reads: Reads,
  limits: SourceLimits,
): Promise<Pick<SourceView, "names" | "files" | "texts">> {
  const names = new Set<string>();
  const files = new Set<string>();
  const texts = new Map<string, string>();
  const check = entryCheck(limits, refusedSource);
  const extract = tar.extract();
  const source = archive.read();
  source.on("error", (error) => extract.destroy(error));
  source.pipe(extract);
  for await (const entry of extract) {
    const found = check(entry.header);
    if (found) names.add(found.path.split("/", 1)[0] ?? "");
    if (found?.type === "file") files.add(found.path);
    if (found?.type === "file" && reads.whole.has(found.path))
      texts.set(found.path, await textOf(entry, entry.header.size, found.path));
    else if (found?.type === "file" && reads.head.has(found.path)) texts.set(found.path, await headOf(entry));
    else entry.resume();
  }
  return { names, files, texts };
}

async function textOf(entry: AsyncIterable<unknown>, size: number, path: string): Promise<string> {
  if (size > maxTextBytes)
    throw new PaasError("build_failed", `${path} is larger than ${maxTextBytes} bytes.`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function headOf(entry: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of entry) {
    if (Buffer.isBuffer(chunk) && bytes < headBytes) chunks.push(chunk);
    bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
  }
  return Buffer.concat(chunks).subarray(0, headBytes).toString("utf8");
}
