import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultName } from "./fault";
import { answerHeaders } from "./headers";

export interface AnswerHooks {
  /** Bytes of the body that came from the app. */
  onBytes: (count: number) => void;
  /** The answer cannot be passed on, or not to its end. */
  onFault: (fault: FaultName) => void;
}

/** Passes an app's answer on to the client: head, body with backpressure, trailers. Ends the response, or calls `onFault` once. */
export function passAnswer(answer: IncomingMessage, response: ServerResponse, hooks: AnswerHooks): void {
  if (!passHead(answer, response)) {
    hooks.onFault("badResponse");
    return;
  }
  let written = false;
  answer.on("data", (chunk: Buffer) => {
    written = true;
    hooks.onBytes(chunk.length);
    if (!response.write(chunk)) answer.pause();
  });
  response.on("drain", () => answer.resume());
  answer.on("end", () => {
    if (answer.rawTrailers.length > 0) response.addTrailers(pairs(answer.rawTrailers));
    response.end();
  });
  // The close that follows tells it; without a listener the error would end the process.
  answer.on("error", () => undefined);
  answer.once("close", () => {
    if (!answer.complete) hooks.onFault("interrupted");
  });
  // A head whose body keeps it waiting (server-sent events) must not wait for it; one that has its body goes in the same packet.
  setImmediate(() => {
    if (!written && !response.writableEnded && !response.destroyed) response.flushHeaders();
  });
}

/** False for a head that no client may see: Node refuses to write it, or its framing is beyond us. */
function passHead(answer: IncomingMessage, response: ServerResponse): boolean {
  const coding = answer.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return false;
  try {
    response.writeHead(answer.statusCode ?? 0, answer.statusMessage, answerHeaders(answer));
    return true;
  } catch {
    return false;
  }
}

function pairs(flat: string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    list.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  return list;
}
