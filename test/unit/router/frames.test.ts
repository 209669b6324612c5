import { closeFrame, FrameTracker } from "../../../router/frames";
import { fc } from "../../support/properties";

interface Frame {
  opcode: number;
  final: boolean;
  masked: boolean;
  length: number;
}

function encode({ opcode, final, masked, length }: Frame): Buffer {
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 0xff]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const [first = 0, ...rest] = size;
  const head = Buffer.from([(final ? 0x80 : 0) | opcode, (masked ? 0x80 : 0) | first, ...rest]);
  return Buffer.concat([head, Buffer.alloc(length + (masked ? 4 : 0), 0xff)]);
}

/** Frames of valid messages: whole or in fragments, control frames anywhere between. */
const control = fc.record({
  opcode: fc.constantFrom(9, 10),
  final: fc.constant(true),
  masked: fc.boolean(),
  length: fc.nat(125),
});
const length = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000));
const message = fc
  .tuple(
    fc.constantFrom(1, 2),
    fc.boolean(),
    fc.array(fc.tuple(length, fc.option(control)), { minLength: 1, maxLength: 4 }),
  )
  .map(([opcode, masked, parts]): Frame[] =>
    parts.flatMap(([size, between], index) => [
      { opcode: index === 0 ? opcode : 0, final: index === parts.length - 1, masked, length: size },
      ...(between ? [between] : []),
    ]),
  );

describe("the frame tracker", () => {
  test("knows the end of each message, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5_000 })),
        (messages, cuts) => {
          const tracker = new FrameTracker();
          const ends = new Set<number>();
          let total = 0;
          let fragmented = false;
          for (const frame of messages.flat()) {
            total += encode(frame).length;
            if (frame.opcode < 8) fragmented = !frame.final;
            if (!fragmented) ends.add(total);
          }
          const bytes = Buffer.concat(messages.flat().map(encode));
          let offset = 0;
          while (offset < bytes.length) {
            const chunk = bytes.subarray(offset, offset + (cuts.next().value ?? 1));
            const boundary = tracker.push(chunk);
            const first = [...ends]
              .filter((end) => end > offset && end <= offset + chunk.length)
              .sort((a, b) => a - b)[0];
            expect(boundary).toBe(first === undefined ? -1 : first - offset);
            offset += chunk.length;
            expect(tracker.betweenMessages).toBe(ends.has(offset));
          }
          expect(tracker.closed).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("knows a close frame", () => {
    const tracker = new FrameTracker();
    expect(tracker.push(closeFrame(1001, { masked: true }))).toBe(8);
    expect(tracker.closed).toBe(true);
  });
});
