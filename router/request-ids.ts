import { randomFillSync } from "node:crypto";

const batch = 256;
const idBytes = 16;
const idLength = 36;
const dash = 0x2d;
const digits = Buffer.from("0123456789abcdef");
/** Before which bytes of an id a dash stands. */
const dashed: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/** Random UUIDs (RFC 9562, version 4), made many at a time: one by one they would be a twentieth of what a request costs. */
export class RequestIds {
  readonly #random = Buffer.allocUnsafeSlow(batch * idBytes);
  readonly #written = Buffer.allocUnsafeSlow(batch * idLength);
  #text = "";
  #used = batch;

  next(): string {
    if (this.#used === batch) this.#make();
    const from = this.#used * idLength;
    this.#used += 1;
    return this.#text.slice(from, from + idLength);
  }

  #make(): void {
    randomFillSync(this.#random);
    for (let index = 0; index < batch; index += 1) this.#write(index);
    this.#text = this.#written.toString("latin1");
    this.#used = 0;
  }

  #write(index: number): void {
    let to = index * idLength;
    for (let at = 0; at < idBytes; at += 1) {
      if (dashed.has(at)) this.#written[to++] = dash;
      const byte = versioned(this.#random[index * idBytes + at] as number, at);
      this.#written[to++] = digits[byte >> 4] as number;
      this.#written[to++] = digits[byte & 0xf] as number;
    }
  }
}

/** The byte at a place of an id, with the bits that tell its version and variant. */
const versioned = (byte: number, at: number): number =>
  at === 6 ? 0x40 | (byte & 0x0f) : at === 8 ? 0x80 | (byte & 0x3f) : byte;
