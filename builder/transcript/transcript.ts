/** Takes finished pieces of transcript, each ending with a newline. */
export type Write = (text: string) => void;

// The sequences a terminal obeys: OSC and other strings up to their end, CSI, the short escapes.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]?/g;
// What is left of them, and marks that turn the direction of text; tabs stay.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** One line of foreign output made safe for any terminal: of a redrawn line the last state, no escapes, no control characters. */
export function plainLine(raw: string): string {
  const drawn = raw.replace(/\r+$/, "");
  const last = drawn.slice(drawn.lastIndexOf("\r") + 1);
  return last.replace(escapes, "").replace(controls, "");
}

/** The same for several lines. */
export const plainText = (raw: string): string => raw.split("\n").map(plainLine).join("\n");
