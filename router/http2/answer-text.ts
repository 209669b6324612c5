import type { ClientHttp2Stream } from "node:http2";
import { malformed } from "../http1/refusal";
import { BodySource, framingFor } from "./body-source";
import { fieldLines } from "./field-lines";

const bodiless = new Set(["204", "304"]);

/** An app's answer on a stream, as HTTP/1.1 says it. */
export class AnswerText {
  readonly #stream: ClientHttp2Stream;
  readonly #toHead: boolean;
  readonly #push: (part: Buffer | string) => boolean;
  #body: BodySource | undefined;
  #begun = false;

  constructor(stream: ClientHttp2Stream, toHead: boolean, push: (part: Buffer | string) => boolean) {
    this.#stream = stream;
    this.#toHead = toHead;
    this.#push = push;
  }

  /** Whether all of it was said. */
  get over(): boolean {
    return this.#begun && (this.#body?.over ?? true);
  }

  resume(): void {
    this.#body?.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#body?.stop();
  }

  /** Says an answer before the final one. `fields` are names and values in turn. Throws a `Refusal` for what HTTP/1.1 cannot say. */
  inform(fields: readonly string[]): void {
    this.#push(`${statusLine(fields)}${fieldLines(fields)}\r\n`);
  }

  /** Says the head; `ends` when no body follows it. */
  begin(fields: readonly string[], ends: boolean): void {
    const status = named(fields, ":status") ?? "";
    const length = named(fields, "content-length");
    const lines = `${statusLine(fields)}${fieldLines(fields)}`;
    const none = ends || this.#toHead || bodiless.has(status);
    const says = length !== undefined || this.#toHead || bodiless.has(status);
    this.#begun = true;
    // Whoever took the head may end this at once.
    if (none) this.#push(`${lines}${says ? "" : "Content-Length: 0\r\n"}\r\n`);
    else {
      this.#body = new BodySource(this.#stream, framingFor(length), {
        passBody: this.#push,
        bodyEnded: () => undefined,
      });
      this.#push(`${lines}${length === undefined ? "Transfer-Encoding: chunked\r\n" : ""}\r\n`);
    }
  }
}

function statusLine(fields: readonly string[]): string {
  const status = named(fields, ":status") ?? "";
  if (!/^[1-9]\d\d$/.test(status) || status === "101") throw malformed("There is no such status.");
  return `HTTP/1.1 ${status} \r\n`;
}

/** The first value of a name. */
function named(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < fields.length; index += 2)
    if (fields[index] === name) return fields[index + 1];
  return undefined;
}
