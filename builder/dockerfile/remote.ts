import { argumentsOf } from "./flags";
import type { Instruction } from "./instructions";
import { refused } from "./refused";

/** Throws `build_failed` for an ADD of an address: the engine itself, with the host's network, would fetch it. */
export function refuseRemote(instruction: Instruction): void {
  const { line } = instruction;
  const words = wordsOf(argumentsOf(instruction), line);
  if (words.some((word) => word.includes("://") || /^[^/]*@[^/]*:/.test(word)))
    throw refused(line, "ADD of an address is fetched outside the build's sandbox: use RUN with curl or git");
  // Of these the frontend makes something else, which could be an address. Where they go to cannot be one.
  for (const source of words.slice(0, -1)) {
    if (source.includes("$"))
      throw refused(line, "ADD of a variable could be an address: write COPY, or the path itself");
    if (/["'\\`]/.test(source)) throw refused(line, "ADD of a quoted path could be an address: write COPY");
  }
}

function wordsOf(rest: string, line: number): string[] {
  if (!rest.startsWith("[")) return rest.split(/\s+/);
  const words = arrayOf(rest);
  if (words === null) throw refused(line, "ADD of what is no array of texts: write COPY, or paths without [");
  return words;
}

/** Null for what is no array of texts; some frontends read one, and not what follows it. */
function arrayOf(json: string): string[] | null {
  try {
    const words: unknown = JSON.parse(json);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : null;
  } catch {
    return null;
  }
}
