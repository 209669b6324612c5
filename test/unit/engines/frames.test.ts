import { Readable } from "node:stream";
import { type Frame, readFrames } from "../../../server/engines/docker/frames";
import { fc } from "../../support/properties";

const encode = ({ stream, data }: Frame): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

async function decode(chunks: Buffer[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(Readable.from(chunks, { objectMode: false }))) frames.push(frame);
  return frames;
}

const frame = fc.record({
  stream: fc.constantFrom("stdout" as const, "stderr" as const),
  data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

test("frames survive any cutting of the stream", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      async (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(encode));
        const chunks: Buffer[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const size = cuts[cut % cuts.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(await decode(chunks)).toEqual(frames);
      },
    ),
  );
});

test("an end inside a frame ends it, what is no such stream is refused", async () => {
  const whole = encode({ stream: "stdout", data: Buffer.from("hello") });
  expect(await decode([Buffer.concat([whole, whole.subarray(0, 10)])])).toHaveLength(1);
  await expect(decode([Buffer.from("plain text of a terminal")])).rejects.toThrow("not multiplexed");
});
