/** git's wire framing: four hexadecimal digits of length (which counts itself), then the payload; `0000` is a flush. */
export const flushPacket = Buffer.from("0000");

export function packet(text: string): Buffer {
  const payload = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, "0")), payload]);
}

/** Splits a stream of packets; a flush is null. Throws on bytes that are no packet and on a stream that ends inside one. */
export async function* packetsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string | null> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = packetLength(rest);
      if (length > rest.length) break;
      yield length === 0 ? null : rest.toString("utf8", 4, length);
      rest = rest.subarray(length || 4);
    }
  }
  if (rest.length > 0) throw new Error("the stream ended inside a packet");
}

function packetLength(bytes: Buffer): number {
  const digits = bytes.toString("latin1", 0, 4);
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
  if (length !== 0 && length < 4) throw new Error(`${JSON.stringify(digits)} is not the length of a packet`);
  return length;
}
