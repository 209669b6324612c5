import type { CommandName } from "./catalogue";
import type { Session } from "./session";

export interface Flag {
  type: "boolean" | "string";
  short?: string;
  multiple?: boolean;
  about: string;
}
export type Flags = Record<string, Flag>;

type FlagValue<F extends Flag> = F["type"] extends "boolean"
  ? true
  : F["multiple"] extends true
    ? string[]
    : string;
export type FlagValues<F extends Flags> = { [N in keyof F]?: FlagValue<F[N]> };

/** One command as its file exports it. */
export interface Spec<F extends Flags> {
  /** What follows the command's name, e.g. `NAME=value...`; a last word in brackets or with dots allows fewer or more words. */
  words: string;
  flags: F;
  /** Further lines of help. */
  about?: string;
  /** Everything from the first word on belongs to the words, flags or not. */
  verbatim?: boolean;
  /** Resolves with the exit code; nothing is 0. */
  run(session: Session, words: string[], flags: FlagValues<F>): Promise<number | undefined> | Promise<void>;
}

/** A command whose flags' types nobody needs to know any more. */
export type Command = Spec<Flags>;

export const defineCommand = <const F extends Flags>(spec: Spec<F>): Command => spec as unknown as Command;

export const appFlag = {
  app: { type: "string", short: "a", about: "the app (else PAAS_APP, else the git remote paas)" },
} as const;
export const noReleasePhaseFlag = {
  "no-release-phase": { type: "boolean", about: "leave the release command out, in an emergency" },
} as const;
export const buildFlag = {
  build: { type: "boolean", about: "what builds get, instead of what runs" },
} as const;
export const jsonFlag = { json: { type: "boolean", about: "print JSON" } } as const;

/** Loads the one file of a command. */
export function loadCommand(name: CommandName): Command {
  const { command } = require(`./commands/${name.replace(":", "/")}`) as { command: Command };
  return command;
}
