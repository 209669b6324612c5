/** The longest text of one line, in bytes; what is longer is split. */
export const maxLineBytes = 10_000;

const esc = "\u001b";
const bell = "\u0007";
const reset = `${esc}[0m`;
const colour = `${esc}\\[[0-9;:]{0,64}m`;
const command = `${esc}\\[[0-?]*[ -/]*[@-~]?`;
const string = `${esc}[\\]PX^_][^${esc}${bell}]*(?:${bell}|${esc}\\\\)?`;
const otherEscape = `${esc}[ -/]*[0-~]?`;

const anyControl = /\p{Cc}/u;
const lineBreak = /\r\n|\r|\n/;
const escapeOrControl = new RegExp(`${colour}|${string}|${command}|${otherEscape}|\\p{Cc}`, "gu");
const wholeColour = new RegExp(`^${colour}$`, "u");
const colourFirst = new RegExp(`^${colour}`, "u");
const isReset = new RegExp(`^${esc}\\[0?m$`, "u");

/**
 * Makes text that came from outside safe to store and to print on a terminal, as lines of at most `maxLineBytes` bytes of valid UTF-8.
 * Line breaks inside it separate lines, so nobody can forge a line of another source. Tabs and colours (SGR) stay, and a colour ends with its
 * line; every other control character and escape sequence is dropped. Always at least one line, maybe empty.
 */
export function safeLines(text: string): string[] {
  if (!anyControl.test(text)) return splitBytes(text, maxLineBytes);
  const lines = text.split(lineBreak);
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  return lines.flatMap((line) => splitColoured(line.replace(escapeOrControl, keepColour)));
}

const keepColour = (found: string): string => (found === "\t" || wholeColour.test(found) ? found : "");

function splitColoured(line: string): string[] {
  if (!line.includes(esc)) return splitBytes(line, maxLineBytes);
  return splitBytes(line, maxLineBytes - reset.length).map(endColour);
}

/** Only colours have an escape character by now, so the last one begins the last colour: found at once, however many there are. */
function endColour(line: string): string {
  const last = colourFirst.exec(line.slice(line.lastIndexOf(esc)))?.[0];
  return last === undefined || isReset.test(last) ? line : line + reset;
}

function splitBytes(text: string, limit: number): string[] {
  // A UTF-16 unit is at most three bytes: short text needs no counting.
  if (text.length * 3 <= limit) return [text];
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let start = 0;
  while (bytes.length - start > limit) {
    const end = cutBefore(bytes, start, start + limit);
    pieces.push(bytes.toString("utf8", start, end));
    start = end;
  }
  pieces.push(bytes.toString("utf8", start));
  return pieces;
}

/** The last place at or before `end` that lies neither within a character nor within a colour sequence. */
function cutBefore(bytes: Buffer, start: number, end: number): number {
  let cut = end;
  while (((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
  const sequence = bytes.lastIndexOf(0x1b, cut - 1);
  const inSequence = sequence > start && bytes.indexOf("m", sequence) >= cut;
  return inSequence ? sequence : cut;
}
