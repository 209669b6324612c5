import { flushPacket, packet, packetsOf } from "../../../server/git/pkt-line";
import { fc } from "../../support/properties";

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = 3): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for await (const one of packetsOf(inPieces(bytes, size))) found.push(one);
  return found;
}

test("lengths count bytes and themselves", () => {
  expect(packet("a\n").toString()).toBe("0006a\n");
  expect(packet("ü").toString()).toBe("0006ü");
});

test("whatever is written is read again, however it is cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.string({ unit: "grapheme" }))),
      fc.integer({ min: 1, max: 20 }),
      async (packets, size) => {
        const bytes = Buffer.concat(packets.map((one) => (one === null ? flushPacket : packet(one))));
        expect(await read(bytes, size)).toEqual(packets);
      },
    ),
  ));

test.each(["xyzw", "0003", "-001", "0010abc", "00"])("%s is refused", async (bytes) => {
  await expect(read(Buffer.from(bytes))).rejects.toThrow("packet");
});
