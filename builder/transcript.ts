/** What the pusher reads. Headers stand at the margin, everything else is indented under them. */
export const headerLine = (text: string): string => `-----> ${text}\n`;
export const detailLine = (text: string): string => `       ${text}`.trimEnd().concat("\n");
export const faultLine = (text: string): string => ` !     ${text}`.trimEnd().concat("\n");

/** Takes finished pieces of transcript, each ending with a newline. */
export type Write = (text: string) => void;

/** Several lines under the margin. */
export const detailLines = (text: string): string => text.split("\n").map(detailLine).join("");
export const faultLines = (text: string): string => text.split("\n").map(faultLine).join("");

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const escapes =
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tabs stay
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** One line of foreign output made safe for any terminal: of a redrawn line the last state, no escapes, no control characters. */
export function plainLine(raw: string): string {
  const drawn = raw.replace(/\r+$/, "");
  const last = drawn.slice(drawn.lastIndexOf("\r") + 1);
  return last.replace(escapes, "").replace(controls, "");
}
