import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { flushPacket, packet } from "../../../server/git/pkt-line";
import { withShallowAdvice } from "../../../server/git/shallow-advice";

const refused = Buffer.concat([
  packet(`\u0001${packet("unpack ok\n")}${packet("ng refs/heads/main shallow update not allowed\n")}0000`),
  flushPacket,
]);

/** In pieces of so many bytes. */
const through = (bytes: Buffer, size: number): Promise<Buffer> =>
  buffer(
    withShallowAdvice(
      Readable.from(
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        ),
      ),
    ),
  );

test.each([1, 3, 7, 4096])(
  "what to do stands before git's refusal, which stays as it is (pieces of %i)",
  async (size) => {
    const told = await through(Buffer.concat([packet("\u0002Resolving deltas\n"), refused]), size);
    const at = told.indexOf(refused);
    expect(at).toBeGreaterThan(0);
    expect(told.subarray(0, at).toString()).toContain("git fetch --unshallow");
    expect(told.subarray(at)).toEqual(refused);
  },
);

test.each([
  [
    "another answer",
    Buffer.concat([packet("\u0001000eunpack ok\n0019ok refs/heads/main\n0000"), flushPacket]),
  ],
  [
    "an app that says those words",
    Buffer.concat([packet("\u0002remote: shallow update not allowed\n"), flushPacket]),
  ],
  ["what is no packet", Buffer.from("shallow update not allowed")],
  ["an answer that breaks off", refused.subarray(0, 20)],
])("%s goes through", async (_, bytes) => {
  for (const size of [1, 5, 4096]) expect(await through(bytes, size)).toEqual(bytes);
});
