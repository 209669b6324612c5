import type { ServerHttp2Stream } from "node:http2";
import { pipeline } from "node:stream/promises";
import { grpcFrame } from "../../../core/grpc-frame";
import type { ContextEntry } from "../context-entry";
import { accept, messagesOf } from "./grpc";
import { dataPacket, endPacket, listEndPacket, packetTypes, readPacket, statPacket } from "./packets";

export const diffCopy = "/moby.filesync.v1.FileSync/DiffCopy";

/** How many entries go in one piece. */
const batch = 256;
/** gRPC takes no messages over 4 MB. */
const maxDataBytes = 1 << 18;

/**
 * Sends a build's files as BuildKit fetches them: the list of all, then the bytes of each that it asks for, by its place in the list.
 */
export async function sendFiles(stream: ServerHttp2Stream, entries: ContextEntry[]): Promise<void> {
  accept(stream);
  await pipeline(answers(stream, entries), stream);
}

async function* answers(stream: ServerHttp2Stream, entries: ContextEntry[]): AsyncGenerator<Buffer> {
  yield* list(entries);
  for await (const message of messagesOf(stream)) {
    const { type, id, data } = readPacket(message);
    if (type === packetTypes.request) yield* bytesOf(id, entries[id]);
    else if (type === packetTypes.end) return yield grpcFrame(endPacket());
    else throw new Error(`BuildKit could not take the files: ${Buffer.from(data).toString("utf8")}`);
  }
}

function* list(entries: ContextEntry[]): Generator<Buffer> {
  for (let from = 0; from < entries.length; from += batch)
    yield Buffer.concat(entries.slice(from, from + batch).map((entry) => grpcFrame(statPacket(entry))));
  yield grpcFrame(listEndPacket());
}

async function* bytesOf(id: number, entry: ContextEntry | undefined): AsyncGenerator<Buffer> {
  if (entry?.type !== "file") throw new Error(`BuildKit asked for entry ${id}, which is no file`);
  for await (const bytes of entry.content())
    for (let from = 0; from < bytes.length; from += maxDataBytes)
      yield grpcFrame(dataPacket(id, bytes.subarray(from, from + maxDataBytes)));
  yield grpcFrame(dataPacket(id));
}
