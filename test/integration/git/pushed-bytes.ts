import { deflateSync } from "node:zlib";

/** A commit that is none. */
export const zeros = "0".repeat(40);

/** A packet of git's protocol. */
export const pkt = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;

/** A push of one blob of 3 MiB, stored without compression. */
export function overLimit(): Buffer {
  const size = 3 * 1024 ** 2;
  const command = `${pkt(`${zeros} ${"1".repeat(40)} refs/heads/x\0report-status`)}0000`;
  const packHeader = Buffer.from([..."PACK"].map((c) => c.charCodeAt(0)).concat([0, 0, 0, 2, 0, 0, 0, 1]));
  const objectHeader = Buffer.from([
    0xb0 | (size & 15),
    0x80 | ((size >> 4) & 127),
    0x80 | ((size >> 11) & 127),
    size >> 18,
  ]);
  return Buffer.concat([
    Buffer.from(command),
    packHeader,
    objectHeader,
    deflateSync(Buffer.alloc(size), { level: 0 }),
  ]);
}
