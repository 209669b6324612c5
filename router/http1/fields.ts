import { at, carriageReturn, colon, lineFeed, nameByte, of, space, tab, valueByte } from "./bytes";
import { hashed, hasUnderscore, kindOf, kinds } from "./field-names";
import { malformed, tooLarge } from "./refusal";

const perField = 5;

/**
 * The field lines of one head: offsets into its text, kept in one flat list because heads are read for every request.
 * `text` is there once the whole head is.
 */
export class Fields {
  text = "";
  readonly #most: number;
  /** Per field: kind, begin of the line, end of the name, begin and end of the value. */
  readonly #offsets: number[] = [];
  #count = 0;
  /** Of a line that is not whole yet: the hash of its name as far as it is there, and where its colon stands; 0 before that. */
  #hash = 0;
  #colon = 0;
  /** What `lines` said of them last, and for whom. */
  #said: { lines: string; keeps: Uint8Array } | undefined;

  /** Takes at most `most` fields. */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.text = "";
    this.#said = undefined;
    this.#colon = 0;
    // The list keeps its length: it is written over by the next head.
    this.#count = 0;
  }

  kind(index: number): number {
    return this.#offset(index, 0);
  }

  name(index: number): string {
    return this.text.slice(this.#offset(index, 1), this.#offset(index, 2));
  }

  value(index: number): string {
    return this.text.slice(this.#offset(index, 3), this.#offset(index, 4));
  }

  /** The first value of a kind, or undefined. */
  first(kind: number): string | undefined {
    for (let index = 0; index < this.count; index += 1)
      if (this.kind(index) === kind) return this.value(index);
    return undefined;
  }

  /** The values of all fields of a name in lower case, spelled with dashes only: for what few requests are asked. */
  named(name: string): string[] {
    const values: string[] = [];
    for (let index = 0; index < this.count; index += 1) {
      const length = this.#offset(index, 2) - this.#offset(index, 1);
      if (length === name.length && this.name(index).toLowerCase() === name) values.push(this.value(index));
    }
    return values;
  }

  /**
   * Reads the field line that begins at `from`, offsets counted from `base`. Returns the offset after its CRLF, or -1 when the line is not
   * whole before `end`; then it is read on where it ended: bytes before `seen` were looked at before. Throws a `Refusal` at the first
   * byte that cannot stand where it stands.
   */
  read(bytes: Uint8Array, from: number, end: number, base: number, seen: number): number {
    if (this.#colon === 0 && !this.#readName(bytes, from, end, base, seen)) return -1;
    const nameEnd = this.#colon + base;
    // The last byte that was seen may be the line's CR.
    let offset = Math.max(nameEnd + 1, seen - 1);
    while (offset < end && of(valueByte, at(bytes, offset)) === 1) offset += 1;
    const next = lineEnd(bytes, offset, end);
    if (next < 0) return -1;
    let value = nameEnd + 1;
    while (value < offset && isBlank(at(bytes, value))) value += 1;
    let valueEnd = offset;
    while (valueEnd > value && isBlank(at(bytes, valueEnd - 1))) valueEnd -= 1;
    const kind = safeKind(kindOf(this.#hash, bytes, from, nameEnd), bytes, from, nameEnd);
    this.#add(kind, from - base, this.#colon, value - base, valueEnd - base);
    this.#colon = 0;
    return next;
  }

  /** Reads a name up to its colon; false when that is not there before `end`. */
  #readName(bytes: Uint8Array, from: number, end: number, base: number, seen: number): boolean {
    let offset = Math.max(from, seen);
    let hash = seen > from ? this.#hash : 0;
    for (; offset < end; offset += 1) {
      const byte = of(nameByte, at(bytes, offset));
      if (byte === 0) break;
      hash = hashed(hash, byte);
    }
    this.#hash = hash;
    if (offset === end) return false;
    // Neither a folded line (RFC 9112, 5.2) nor a blank before the colon (5.1) can pass here.
    if (at(bytes, offset) !== colon || offset === from) throw malformed("A header line has no valid name.");
    this.#colon = offset - base;
    return true;
  }

  /**
   * The lines of the kinds that `keeps` has a 1 for, and that `drops` does not name, as one text. What is written exactly as it
   * would be written anew is taken over in whole runs. `drops` is of the same head as the fields are.
   */
  lines(keeps: Uint8Array, drops: ReadonlySet<string> | undefined): string {
    if (this.#said?.keeps !== keeps) this.#said = { lines: this.#linesOf(keeps, drops), keeps };
    return this.#said.lines;
  }

  #linesOf(keeps: Uint8Array, drops: ReadonlySet<string> | undefined): string {
    let out = "";
    let run = -1;
    for (let index = 0; index < this.count; index += 1) {
      const from = this.#offset(index, 1);
      const kept = keeps[this.kind(index)] === 1 && !drops?.has(this.name(index).toLowerCase());
      if (kept && this.#isPlain(index)) {
        if (run < 0) run = from;
        continue;
      }
      if (run >= 0) out += this.text.slice(run, from);
      run = -1;
      if (kept) out += `${this.name(index)}: ${this.value(index)}\r\n`;
    }
    return run < 0 ? out : out + this.text.slice(run, this.#end);
  }

  /** Whether the line reads `Name: value` CRLF, with one blank and no more. */
  #isPlain(index: number): boolean {
    const value = this.#offset(index, 3);
    if (value !== this.#offset(index, 2) + 2 || this.text.charCodeAt(value - 1) !== space) return false;
    return this.text.charCodeAt(this.#offset(index, 4)) === carriageReturn;
  }

  /** The offset after the last field line: the head's text ends with an empty line. */
  get #end(): number {
    return this.text.length - 2;
  }

  #add(kind: number, line: number, nameEnd: number, value: number, valueEnd: number): void {
    if (this.#count >= this.#most) throw tooLarge("There are too many header fields.");
    const offsets = this.#offsets;
    const from = this.#count * perField;
    this.#count += 1;
    offsets[from] = kind;
    offsets[from + 1] = line;
    offsets[from + 2] = nameEnd;
    offsets[from + 3] = value;
    offsets[from + 4] = valueEnd;
  }

  #offset(index: number, which: number): number {
    return this.#offsets[index * perField + which] as number;
  }
}

/** The offset after a CRLF at `offset`; -1 when it is not there yet. Throws for anything else, a bare CR or LF above all. */
export function lineEnd(bytes: Uint8Array, offset: number, end: number): number {
  if (offset >= end) return -1;
  if (at(bytes, offset) !== carriageReturn)
    throw malformed("A line of the head holds a byte that it may not hold.");
  if (offset + 1 >= end) return -1;
  if (at(bytes, offset + 1) !== lineFeed) throw malformed("A carriage return stands alone.");
  return offset + 2;
}

const isBlank = (byte: number): boolean => byte === space || byte === tab;

/** What frames a message must not come in a spelling that some reader takes for it and another does not. */
function safeKind(kind: number, bytes: Uint8Array, from: number, to: number): number {
  if (kind === kinds.other || !hasUnderscore(bytes, from, to)) return kind;
  if (kind === kinds.contentLength || kind === kinds.transferEncoding)
    throw malformed("A framing header is spelled with an underscore.");
  return kind === kinds.requestId || kind === kinds.toRouter || kind === kinds.hop
    ? kinds.toRouter
    : kinds.other;
}
