import { invalid } from "../core/error";
import { type CommandName, commandNames, isCommand } from "./catalogue";
import { loadCommand } from "./command";
import { elsewhere } from "./elsewhere";
import { helpOn, overview } from "./help";
import { parseWords } from "./parse";
import { printError } from "./print-error";
import { Session } from "./session";
import { nearest } from "./suggest";
import type { World } from "./world";

/** The whole CLI: runs one command line and resolves with the exit code. */
export async function dispatch(argv: string[], world: World): Promise<number> {
  try {
    return await runLine(argv, world);
  } catch (error) {
    return printError(error, world.stderr);
  }
}

async function runLine(argv: string[], world: World): Promise<number> {
  const [first] = argv;
  if (first === "--version" || first === "-v" || first === "version")
    return say(world, `paas/${world.version} node-${process.version}`);
  if (first === undefined || first === "--help" || first === "-h") return say(world, overview());
  const { name, rest } = findCommand(argv);
  const command = loadCommand(name);
  const { words, flags, help } = parseWords(name, command, rest);
  if (help) return say(world, helpOn(name, command));
  const session = new Session(world, flags.app);
  try {
    return (await command.run(session, words, flags)) ?? 0;
  } finally {
    session.tellNotices();
  }
}

function say(world: World, text: string): number {
  world.stdout.write(`${text}\n`);
  return 0;
}

/** `config:set A=1` and `config set A=1` alike; throws `invalid` with what may have been meant. */
export function findCommand(argv: string[]): { name: CommandName; rest: string[] } {
  const [first = "", second = ""] = argv;
  const joined = `${first}:${second}`;
  if (isCommand(joined)) return { name: joined, rest: argv.slice(2) };
  if (isCommand(first)) return { name: first, rest: argv.slice(1) };
  const here = elsewhere(first, second);
  const meant =
    here === undefined
      ? didYouMean(nearest(first, commandNames) ?? nearest(joined, commandNames))
      : ` ${here}`;
  throw invalid(
    `${first.slice(0, 40)} is not a paas command.${meant}\nSee paas help for a list of commands.`,
  );
}

const didYouMean = (name: string | undefined): string => (name === undefined ? "" : ` Did you mean ${name}?`);
