import { METHODS } from "node:http";
import { at, carriageReturn, nameByte, of, space, targetByte } from "./bytes";
import { kinds } from "./field-names";
import { lineEnd } from "./fields";
import { connectionTokens, type Framing, framingOf, noBody } from "./framing";
import { Head, type HeadLimits } from "./head";
import { malformed, Refusal } from "./refusal";

/** CONNECT is for proxies that a client chooses, which this is not. */
const methods: ReadonlySet<string> = new Set(METHODS.filter((method) => method !== "CONNECT"));
const versionLength = "HTTP/1.1".length;
const longestMethod = 20;
const slash = 0x2f;
const absoluteForm = /^https?:\/\/([A-Za-z0-9._~%:[\]-]+)([/?].*)?$/i;

/** The head of a request. What it tells holds until the next one is read. */
export class RequestHead extends Head {
  method = "";
  /** Path and query, or `*`: what the absolute form says beside the host is the same. */
  target = "";
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  minor = 1;
  host: string | undefined;
  body: Framing = noBody;
  /** Names in the Connection header besides the usual ones. */
  connection: ReadonlySet<string> | undefined;
  /** Whether the client may send another request on this connection. */
  keepAlive = true;
  expectsContinue = false;
  /** The protocols it would like to change to; undefined when it asks for none. */
  upgrade: string | undefined;
  #targetFrom = 0;
  /** 0 until it is known. */
  #targetTo = 0;

  constructor(limits: HeadLimits) {
    super(limits, true);
  }

  protected override readStartLine(
    bytes: Buffer,
    from: number,
    end: number,
    base: number,
    seen: number,
  ): number {
    // Some clients end a body with a line too many; one is let pass (RFC 9112, 2.2).
    const begin = at(bytes, from) === carriageReturn && from === base ? lineEnd(bytes, from, end) : from;
    if (begin < 0) return -1;
    const method = this.#readMethod(bytes, begin, end);
    if (method < 0) return -1;
    if (this.#targetTo === 0 && !this.#readTarget(bytes, method, end, base, seen)) return -1;
    return this.#readVersion(bytes, this.#targetTo + base + 1, end);
  }

  /** False when the target's end is not there before `end`. */
  #readTarget(bytes: Buffer, from: number, end: number, base: number, seen: number): boolean {
    let offset = Math.max(from, seen);
    while (offset < end && of(targetByte, at(bytes, offset)) === 1) offset += 1;
    if (offset >= end) return false;
    if (offset === from || at(bytes, offset) !== space)
      throw malformed("The request line has no valid target.");
    this.#targetFrom = from - base;
    this.#targetTo = offset - base;
    return true;
  }

  protected override finish(): void {
    const { fields } = this;
    this.host = undefined;
    this.connection = undefined;
    this.keepAlive = this.minor === 1;
    this.expectsContinue = false;
    this.upgrade = undefined;
    for (let index = 0; index < fields.count; index += 1) {
      const kind = fields.kind(index);
      if (kind !== kinds.other) this.#judge(kind, index);
    }
    if (this.host === undefined && this.minor === 1) throw malformed("There is no Host.");
    this.target = this.#judgeTarget(fields.text.slice(this.#targetFrom, this.#targetTo));
    this.#targetTo = 0;
    this.body = framingOf(fields) ?? noBody;
    // Nobody before HTTP/1.1 knows chunks; who sends them there hopes for a reader that does not (RFC 9112, 6.1).
    if (this.minor === 0 && this.body.kind === "chunked") throw malformed("HTTP/1.0 has no chunks.");
  }

  /** Makes one form of all. The absolute one must be taken (RFC 9112, 3.2.2); its host and the Host header must be one. */
  #judgeTarget(target: string): string {
    if (target.charCodeAt(0) === slash || (target === "*" && this.method === "OPTIONS")) return target;
    const [, host, path = ""] = absoluteForm.exec(target) ?? [];
    if (host === undefined || host.toLowerCase() !== this.host?.toLowerCase())
      throw malformed("The request's target is no path.");
    return path.startsWith("/") ? path : `/${path}`;
  }

  #judge(kind: number, index: number): void {
    if (kind === kinds.host) this.#judgeHost(this.fields.value(index));
    else if (kind === kinds.connection) this.#judgeConnection(this.fields.value(index));
    else if (kind === kinds.expect) this.#judgeExpect(this.fields.value(index));
    else if (kind === kinds.upgrade)
      this.upgrade = this.upgrade ? `${this.upgrade}, ${this.fields.value(index)}` : this.fields.value(index);
  }

  #judgeHost(value: string): void {
    if (this.host !== undefined) throw malformed("There is more than one Host.");
    if (!/^[A-Za-z0-9._~%!$&'()*+;=:[\]-]*$/.test(value)) throw malformed("The Host is no host.");
    this.host = value;
  }

  #judgeConnection(value: string): void {
    const tokens = connectionTokens(value);
    const says = (token: string) => tokens?.has(token) ?? value.toLowerCase() === token;
    if (says("close")) this.keepAlive = false;
    else if (this.minor === 0 && says("keep-alive")) this.keepAlive = true;
    if (tokens) this.connection = new Set([...(this.connection ?? []), ...tokens]);
  }

  #judgeExpect(value: string): void {
    if (value.toLowerCase() !== "100-continue") throw new Refusal(417, "Nobody here knows this expectation.");
    // HTTP/1.0 clients do not know the answer to it (RFC 9110, 10.1.1).
    this.expectsContinue = this.minor === 1;
  }

  /** The offset after the method and its blank. */
  #readMethod(bytes: Buffer, from: number, end: number): number {
    let offset = from;
    while (offset < end && of(nameByte, at(bytes, offset)) !== 0) offset += 1;
    if (offset - from > longestMethod) throw new Refusal(501, "Nobody here knows this method.");
    if (offset >= end) return -1;
    if (offset === from || at(bytes, offset) !== space)
      throw malformed("The request line has no valid method.");
    // By far the most are GET, and a string would be made for each.
    const isGet = offset - from === 3 && at(bytes, from) === 0x47 && at(bytes, from + 1) === 0x45;
    this.method = isGet && at(bytes, from + 2) === 0x54 ? "GET" : bytes.toString("latin1", from, offset);
    if (this.method !== "GET" && !methods.has(this.method))
      throw new Refusal(501, "Nobody here knows this method.");
    return offset + 1;
  }

  #readVersion(bytes: Buffer, from: number, end: number): number {
    const minor = minorOf(bytes, from, Math.min(end, from + versionLength));
    if (minor < 0) return -1;
    this.minor = minor;
    return lineEnd(bytes, from + versionLength, end);
  }
}

const versionStart = Buffer.from("HTTP/1.");

/** 0 or 1; -1 when the version is not whole yet. Throws for another one. */
export function minorOf(bytes: Buffer, from: number, end: number): number {
  for (let index = 0; index < versionLength; index += 1) {
    if (from + index >= end) return -1;
    const byte = at(bytes, from + index);
    const fits = index < versionStart.length ? byte === versionStart[index] : byte === 0x30 || byte === 0x31;
    if (!fits) throw new Refusal(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  return at(bytes, from + versionLength - 1) - 0x30;
}
