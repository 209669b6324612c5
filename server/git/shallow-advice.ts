import { Readable } from "node:stream";
import { packet } from "./pkt-line";

const reason = "shallow update not allowed";
const advice = `This clone is shallow: its history ends before what the app has. Complete it (git fetch --unshallow; in CI a full checkout,
such as fetch-depth: 0) and push again, or send the files without history: paas deploy
`;

/** The band of git's answer that is for its client; of band 2 it shows all to people. */
const forClient = 1;

/** The answer to a push; a refusal for a shallow clone, which git tells in four words, gets what to do before it. All else stays as it is. */
export const withShallowAdvice = (answer: Readable): Readable =>
  Readable.from(advised(answer), { objectMode: false });

async function* advised(answer: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of answer) {
    rest = Buffer.concat([rest, chunk]);
    for (let length = packetLength(rest); length > 0 && length <= rest.length; length = packetLength(rest)) {
      const whole = rest.subarray(0, length);
      if (whole[4] === forClient && whole.includes(reason)) yield packet(`\u0002${advice}`);
      yield whole;
      rest = rest.subarray(length);
    }
  }
  if (rest.length > 0) yield rest;
}

/** Four digits with what they count; 0 while they are not all there, all of the bytes when they are none. */
function packetLength(bytes: Buffer): number {
  if (bytes.length < 4) return 0;
  const digits = bytes.toString("latin1", 0, 4);
  return /^[0-9a-f]{4}$/.test(digits) ? Math.max(4, Number.parseInt(digits, 16)) : bytes.length;
}
