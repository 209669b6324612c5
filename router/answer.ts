import type { IncomingMessage, ServerResponse } from "node:http";
import { EventTail, isEventStream } from "./event-stream";
import type { FaultName } from "./fault";
import { answerHeaders } from "./headers";

/** How long an event under way may take to end before it is cut: its client drops half an event. */
const lingerMs = 5_000;

export interface AnswerHooks {
  /** Bytes of the body that came from the app. */
  onBytes: (count: number) => void;
  /** The answer cannot be passed on, or not to its end. */
  onFault: (fault: FaultName) => void;
  /** It is a stream of events; `close` ends it in order, after the event under way. */
  onStream?: (close: () => void) => void;
}

/** Passes an app's answer on to the client: head, body with backpressure, trailers. Ends the response, or calls `onFault` once. */
export function passAnswer(answer: IncomingMessage, response: ServerResponse, hooks: AnswerHooks): void {
  if (!passHead(answer, response)) {
    hooks.onFault("badResponse");
    return;
  }
  const passage = new AnswerPassage(answer, response, hooks);
  if (isEventStream(answer.headers["content-type"])) hooks.onStream?.(() => passage.close());
}

/** The body of an answer on its way to the client. */
class AnswerPassage {
  readonly #answer: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #hooks: AnswerHooks;
  readonly #events: EventTail | undefined;
  #written = false;
  #closing = false;
  #closed = false;

  constructor(answer: IncomingMessage, response: ServerResponse, hooks: AnswerHooks) {
    this.#answer = answer;
    this.#response = response;
    this.#hooks = hooks;
    const readable = answer.headers["content-encoding"] === undefined;
    if (readable && isEventStream(answer.headers["content-type"])) this.#events = new EventTail();
    answer.on("data", (chunk: Buffer) => this.#pass(chunk));
    response.on("drain", () => answer.resume());
    answer.on("end", () => this.#end());
    // The close that follows tells it; without a listener the error would end the process.
    answer.on("error", () => undefined);
    answer.once("close", () => {
      if (!answer.complete && !this.#closed) hooks.onFault("interrupted");
    });
    // A head whose body keeps it waiting (server-sent events) must not wait for it; one that has its body goes in the same packet.
    setImmediate(() => {
      if (!this.#written && !response.writableEnded && !response.destroyed) response.flushHeaders();
    });
  }

  /** Ends the stream towards the client, between two events if that comes soon. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#events && !this.#events.betweenEvents) setTimeout(() => this.#finish(), lingerMs).unref();
    else this.#finish();
  }

  #pass(chunk: Buffer): void {
    if (this.#closed) return;
    const end = this.#closing ? (this.#events?.push(chunk) ?? -1) : -1;
    if (!this.#closing) this.#events?.follow(chunk);
    const passed = end < 0 ? chunk : chunk.subarray(0, end);
    this.#written = true;
    this.#hooks.onBytes(passed.length);
    if (!this.#response.write(passed)) this.#answer.pause();
    if (end >= 0) this.#finish();
  }

  #end(): void {
    if (this.#closed) return;
    if (this.#answer.rawTrailers.length > 0) this.#response.addTrailers(pairs(this.#answer.rawTrailers));
    this.#response.end();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#response.end();
    this.#answer.destroy();
  }
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
