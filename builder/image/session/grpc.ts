import type { ServerHttp2Stream } from "node:http2";
import { grpcFrame, grpcHeadBytes } from "../../../core/grpc-frame";

export const grpcStatus = { ok: "0", notFound: "5", unimplemented: "12" };

/** What BuildKit asks is short. */
const maxMessageBytes = 1 << 20;

/** The messages of a call as they come; ends with the caller's side of it. */
export async function* messagesOf(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  // The other side of the stream goes on after this one.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= grpcHeadBytes) {
      const end = grpcHeadBytes + rest.readUInt32BE(1);
      if (end > maxMessageBytes) throw new Error(`BuildKit sent a message of ${end} bytes`);
      if (rest.length < end) break;
      yield rest.subarray(grpcHeadBytes, end);
      rest = rest.subarray(end);
    }
  }
}

/** Begins an answer of any number of messages; the call has gone well when the stream is ended. */
export function accept(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": grpcStatus.ok }));
}

/** Answers with one message. */
export function reply(stream: ServerHttp2Stream, message: Uint8Array): void {
  accept(stream);
  stream.end(grpcFrame(message));
}

export function refuse(stream: ServerHttp2Stream, status: string, message: string): void {
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": status,
      "grpc-message": encodeURI(message),
    },
    { endStream: true },
  );
}
