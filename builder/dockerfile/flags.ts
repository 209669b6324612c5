import type { Instruction } from "./instructions";
import { refused } from "./refused";

/** A flag in front of an instruction's arguments: `--from=builder`. */
export interface Flag {
  name: string;
  value: string;
  /** Where it begins and ends in the instruction's rest. */
  from: number;
  to: number;
}

/** The flags of an instruction; throws `build_failed` for one that is quoted or escaped, which could be read in two ways. */
export function flagsOf({ rest, line }: Instruction): Flag[] {
  const flags: Flag[] = [];
  const flag = /\s*(--([^\s=]*)(?:=(\S*))?)/y;
  for (let found = flag.exec(rest); found; found = flag.exec(rest)) {
    const [, whole = "", name = "", value = ""] = found;
    if (/["'\\`]/.test(whole)) throw refused(line, `write the flag --${name} without quotes and backslashes`);
    flags.push({ name, value, from: flag.lastIndex - whole.length, to: flag.lastIndex });
    if (whole === "--") break;
  }
  return flags;
}

/** What follows an instruction's flags. */
export function argumentsOf(instruction: Instruction): string {
  return instruction.rest.slice(flagsOf(instruction).at(-1)?.to ?? 0).trim();
}

/** The fields of a `--mount`: names in lower case, as the frontend reads them. */
export function mountFields(value: string): [name: string, value: string | null][] {
  return value.split(",").map((field) => {
    const at = field.indexOf("=");
    return at < 0 ? [field.toLowerCase(), null] : [field.slice(0, at).toLowerCase(), field.slice(at + 1)];
  });
}
