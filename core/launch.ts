import type { ProcessTypes } from "./release";
import { type ShellWord, simpleCommand } from "./shell-words";

/** How a process is started: what its command adds to the environment, and its argv, verbatim. */
export interface Launch {
  env: Record<string, string>;
  argv: string[];
}

const shell = "/bin/sh";

/** Words that only a shell can run, and that `exec` cannot. Others that shells build in (echo, test, kill ...) exist as programs too. */
const shellOnly = new Set(
  (
    ". : alias bg break case cd command continue coproc declare do done elif else esac eval exec exit export fc fg fi for function " +
    "getopts hash if in jobs let local readonly read return select set shift shopt source then time times trap type typeset ulimit " +
    "umask unalias unset until wait while [[ { } !"
  ).split(" "),
);

/*
 * INVARIANTS of the wrapper, which runs whatever is not one simple command:
 * - every program of the command gets the SIGTERM that the container gets: it goes to the whole process group, which the init process
 *   made for us; the wrapper itself ignores it for that moment, so that it does not hear its own call;
 * - the inner shell outlives its programs (a caught signal is reset in what it starts), then exits with what the interrupted one
 *   said, without going on to the next command of a list;
 * - the wrapper's exit code is the command's. A `wait` that a signal cut short is repeated; 127 then means "already reported".
 * Plain POSIX: dash, bash and busybox alike; no `set -m`, which wants a terminal in older ones. A shell's background job would read
 * /dev/null, so that stdin travels as descriptor 3.
 */
const wrapper = [
  "term() { again=1; trap '' TERM; kill -s TERM 0; trap term TERM; }",
  "trap term TERM",
  "exec 3<&0",
  `${shell} -c "trap 'exit \\$?' TERM; $1" sh <&3 3<&- &`,
  "child=$!",
  "exec 3<&-",
  "again=; wait $child; code=$?",
  'while [ "$again" ]; do again=; wait $child; next=$?; [ $next = 127 ] || code=$next; done',
  "exit $code",
].join("\n");

/**
 * Turns a Procfile command into a launch. One simple command whose words are plain needs no shell at all (so images without one work);
 * one with variables, globs or redirections is exec'ed by a shell; anything else runs under the wrapper above.
 * In each case the program gets SIGTERM, and its exit code is the container's.
 */
export function launch(command: string): Launch {
  // A blank at the end stays: it may belong to an escaped one.
  const text = command.trimStart().replace(/[\r\n]+$/, "");
  const simple = simpleCommand(text);
  if (simple === null) return wrapped(text);
  const assigned = simple.words.findIndex((word) => !isAssignment(word));
  const program = simple.words[assigned];
  if (program === undefined || isShellOnly(program)) return wrapped(text);
  if (simple.redirected || simple.words.some((word) => word.dynamic))
    return {
      env: {},
      argv: [shell, "-c", `${text.slice(0, program.start)}exec ${text.slice(program.start)}`],
    };
  return {
    env: Object.fromEntries(simple.words.slice(0, assigned).map((word) => splitAssignment(word.text))),
    argv: simple.words.slice(assigned).map((word) => word.text),
  };
}

/**
 * The launch of a one-off. A first word that is a process type stands for its command, the other words are its arguments; a single
 * word with a blank in it (`paas run "a && b"`) is a shell's command line; else the words are the argv, verbatim.
 * An empty argv means the image's own ENTRYPOINT and CMD.
 */
export function oneOffLaunch(words: string[], types: ProcessTypes = {}): Launch {
  const [first = "", ...rest] = words;
  const type = Object.hasOwn(types, first) ? types[first] : undefined;
  if (type !== undefined)
    return type.command === null ? { env: {}, argv: rest } : withArguments(type.command, rest);
  return { env: {}, argv: rest.length === 0 && /\s/.test(first) ? [shell, "-c", first] : words };
}

function withArguments(command: string, words: string[]): Launch {
  const direct = launch(command);
  if (direct.argv[0] !== shell || direct.argv[1] !== "-c")
    return { ...direct, argv: [...direct.argv, ...words] };
  // A one-off keeps its terminal and its stdin: no background wrapper, and Ctrl-C goes to all programs anyway.
  const line = direct.argv.length === 3 ? direct.argv[2] : command;
  return { env: {}, argv: [shell, "-c", words.length === 0 ? `${line}` : `${line} "$@"`, "sh", ...words] };
}

const wrapped = (command: string): Launch => ({ env: {}, argv: [shell, "-c", wrapper, "sh", command] });

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;
const isAssignment = (word: ShellWord): boolean => assignment.test(word.text.slice(0, word.bare));
const isShellOnly = (word: ShellWord): boolean => word.bare === word.text.length && shellOnly.has(word.text);

function splitAssignment(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
