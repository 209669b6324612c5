import { at, carriageReturn, of, space, valueByte } from "./bytes";
import { kinds } from "./field-names";
import { lineEnd } from "./fields";
import { bodyUntilClose, connectionTokens, type Framing, framingOf, noBody } from "./framing";
import { Head, type HeadLimits } from "./head";
import { malformed } from "./refusal";
import { minorOf } from "./request-head";

const statusOffset = "HTTP/1.1 ".length;

/** The head of an answer. What it tells holds until the next one is read. */
export class ResponseHead extends Head {
  status = 0;
  reason = "";
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  minor = 1;
  body: Framing = noBody;
  /** The Content-Length, which an answer to HEAD has though it has no body. */
  length: number | undefined;
  /** Names in the Connection header besides the usual ones. */
  connection: ReadonlySet<string> | undefined;
  /** Whether the app keeps the connection open for the next request. */
  keepAlive = true;
  #reasonFrom = 0;
  #reasonTo = 0;
  #toHead = false;

  constructor(limits: HeadLimits) {
    super(limits, true);
  }

  /** Set before the head is read: an answer to HEAD has no body, whatever it says. */
  set toHead(toHead: boolean) {
    if (toHead !== this.#toHead) this.forget();
    this.#toHead = toHead;
  }

  /** An answer before the final one (RFC 9110, 15.2). */
  get interim(): boolean {
    return this.status < 200 && this.status !== 101;
  }

  protected override readStartLine(
    bytes: Buffer,
    from: number,
    end: number,
    base: number,
    seen: number,
  ): number {
    const minor = minorOf(bytes, from, end);
    if (minor < 0) return -1;
    this.minor = minor;
    const status = readStatus(bytes, from + statusOffset - 1, end);
    if (status < 0) return -1;
    this.status = status;
    let offset = from + statusOffset + 3;
    if (offset >= end) return -1;
    if (at(bytes, offset) === space) offset += 1;
    else if (at(bytes, offset) !== carriageReturn) throw malformed("The status has no three digits.");
    this.#reasonFrom = offset - base;
    offset = Math.max(offset, seen - 1);
    while (offset < end && of(valueByte, at(bytes, offset)) === 1) offset += 1;
    this.#reasonTo = offset - base;
    return lineEnd(bytes, offset, end);
  }

  protected override finish(): void {
    const { fields } = this;
    this.reason = fields.text.slice(this.#reasonFrom, this.#reasonTo);
    this.connection = undefined;
    this.keepAlive = this.minor === 1;
    for (let index = 0; index < fields.count; index += 1)
      if (fields.kind(index) === kinds.connection) this.#judgeConnection(fields.value(index));
    const said = framingOf(fields);
    this.length = said?.kind === "length" ? said.length : undefined;
    const none = this.#toHead || this.status < 200 || this.status === 204 || this.status === 304;
    this.body = none ? noBody : (said ?? bodyUntilClose);
  }

  #judgeConnection(value: string): void {
    const tokens = connectionTokens(value);
    const says = (token: string) => tokens?.has(token) ?? value.toLowerCase() === token;
    if (says("close")) this.keepAlive = false;
    else if (this.minor === 0 && says("keep-alive")) this.keepAlive = true;
    if (tokens) this.connection = new Set([...(this.connection ?? []), ...tokens]);
  }
}

/** The three digits after a blank at `from`; -1 when they are not whole yet. Throws for what is none, or below 100. */
function readStatus(bytes: Buffer, from: number, end: number): number {
  if (from >= end) return -1;
  if (at(bytes, from) !== space) throw malformed("The status line has no status.");
  let status = 0;
  for (let offset = from + 1; offset <= from + 3; offset += 1) {
    if (offset >= end) return -1;
    const digit = at(bytes, offset) - 0x30;
    if (digit < 0 || digit > 9) throw malformed("The status has no three digits.");
    status = status * 10 + digit;
  }
  if (status < 100) throw malformed("There is no such status.");
  return status;
}
