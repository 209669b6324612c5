import type { Duplex } from "node:stream";
import type { RefAnswer, RefUpdate } from "../../core/push";
import { flushPacket, packet, packetsOf } from "./pkt-line";

/**
 * The server's side of git's proc-receive protocol (git help githooks), over the pipe that the hook joined to receive-pack:
 * version, commands, and one report with the answers in the order of the commands.
 * Resolves without having decided anything when receive-pack ends before it asked.
 */
export async function converseWithReceivePack(
  talk: Duplex,
  decide: (updates: RefUpdate[]) => Promise<RefAnswer[]>,
): Promise<void> {
  const packets = packetsOf(talk);
  const hello = await section(packets);
  if (hello === null) return;
  if (!hello[0]?.startsWith("version=1"))
    throw new Error(`git speaks another proc-receive protocol: ${hello[0] ?? "nothing"}`);
  talk.write(Buffer.concat([packet("version=1"), flushPacket]));
  const commands = await section(packets);
  if (commands === null) return;
  const updates = commands.map(parseCommand);
  const answers = await decide(updates);
  talk.end(Buffer.concat([...updates.flatMap(({ ref }) => report(answers, ref)), flushPacket]));
}

/** Packets up to the next flush; null when the stream ends before it. */
async function section(packets: AsyncGenerator<string | null>): Promise<string[] | null> {
  const lines: string[] = [];
  for (;;) {
    const next = await packets.next();
    if (next.done) return null;
    if (next.value === null) return lines;
    lines.push(next.value);
  }
}

function parseCommand(line: string): RefUpdate {
  const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/s.exec(line);
  if (!match) throw new Error("git sent a command that is none");
  const [, oldCommit = "", newCommit = "", ref = ""] = match;
  return { ref, oldCommit, newCommit };
}

function report(answers: RefAnswer[], ref: string): Buffer[] {
  const answer = answers.find((one) => one.ref === ref);
  if (!answer) return [packet(`ng ${ref} the server gave no answer`)];
  if (!answer.ok) return [packet(`ng ${ref} ${oneLine(answer.reason)}`)];
  return answer.moved ? [packet(`ok ${ref}`)] : [packet(`ok ${ref}`), packet("option fall-through")];
}

/** A reason becomes a part of one line on the pusher's terminal. */
const oneLine = (reason: string): string => reason.replace(/\s+/g, " ").trim().slice(0, 900) || "refused";
