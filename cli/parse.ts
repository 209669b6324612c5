import { parseArgs } from "node:util";
import { invalid, type PaasError } from "../core/error";
import type { CommandName } from "./catalogue";
import type { Command, Flags, FlagValues } from "./command";
import { nearest } from "./suggest";

export interface Parsed {
  words: string[];
  flags: FlagValues<Flags> & { app?: string };
  help: boolean;
}

const helpFlag = { help: { type: "boolean", short: "h" } } as const;

/** Parses what follows a command's name; throws `invalid` with how the command is used. */
export function parseWords(name: CommandName, command: Command, argv: string[]): Parsed {
  const from = command.verbatim ? firstWord(command, argv) : argv.length;
  try {
    const options = { ...command.flags, ...helpFlag };
    const { values, positionals } = parseArgs({
      args: argv.slice(0, from),
      options,
      allowPositionals: true,
      strict: true,
    });
    const { help, ...flags } = values;
    const words = [...positionals, ...argv.slice(from)];
    if (!help) checkCount(name, command, words);
    return { words, flags: flags as Parsed["flags"], help: help === true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    throw misused(name, command, `${message.split(". ")[0]}.${meantFlag(message, command)}`);
  }
}

export const usage = (name: string, command: Command): string =>
  `Usage: paas ${name}${command.words && ` ${command.words}`}${Object.keys(command.flags).length > 0 ? " [flags]" : ""}`;

/** Where the words of a verbatim command begin: behind its own flags, or behind `--`. */
function firstWord(command: Command, argv: string[]): number {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--" || !word.startsWith("-")) return word === "--" ? at + 1 : at;
    const flag = Object.entries(command.flags).find(
      ([name, { short }]) => word === `--${name}` || word === `-${short}`,
    )?.[1];
    if (flag?.type === "string") at += 1;
  }
  return argv.length;
}

function checkCount(name: CommandName, command: Command, words: string[]): void {
  const { least, most } = countsOf(command.words);
  if (words.length < least || words.length > most) throw misused(name, command);
}

const misused = (name: CommandName, command: Command, ...what: string[]): PaasError =>
  invalid([...what, usage(name, command), `For more: paas help ${name}`].join("\n"));

/** What a mistyped flag was probably to be. */
function meantFlag(message: string, { flags }: Command): string {
  const word = /'--([\w-]+)/.exec(message)?.[1];
  const meant = word && nearest(word, Object.keys(flags));
  return meant ? ` Did you mean --${meant}?` : "";
}

/** How many words a usage text allows: `[x]` may be missing, `x...` may be repeated. */
function countsOf(words: string): { least: number; most: number } {
  const parts = words.split(" ").filter((part) => part !== "");
  return {
    least: parts.filter((part) => !part.startsWith("[")).length,
    most: parts.some((part) => part.includes("...")) ? Number.POSITIVE_INFINITY : parts.length,
  };
}
