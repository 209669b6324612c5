/** One word of a shell command: where it starts, what it is worth, and whether only a shell can know its worth. */
export interface ShellWord {
  start: number;
  text: string;
  /** Holds `$`, a glob, `~` or the like: its worth is known to a shell only. */
  dynamic: boolean;
  /** Length of the unquoted beginning; a quoted `"FOO=1"` is no assignment and a quoted `"if"` no keyword. */
  bare: number;
}

/** A simple command: its words, and whether redirections stand between them. */
export interface SimpleCommand {
  words: ShellWord[];
  redirected: boolean;
}

const blank = /[ \t]/;
const redirection = /^\d*(?:>>|>\||<>|[<>])&?/;
const dynamicCharacter = /[*?[\]{}!]/;
const plainVariable = /^\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]|\{[^"'`\\${}]*\})/;

/**
 * Splits a command into words as POSIX `sh` would. Answers null when it is not ONE simple command that we understand whole:
 * lists, pipes, subshells, comments, here-documents, command substitutions and unclosed quotes are left to a shell.
 */
export function simpleCommand(command: string): SimpleCommand | null {
  const words: ShellWord[] = [];
  let redirected = false;
  let at = 0;
  while (at < command.length) {
    if (blank.test(command[at] ?? "")) {
      at++;
      continue;
    }
    const redirect = redirection.exec(command.slice(at))?.[0];
    if (redirect !== undefined) {
      if (redirect.endsWith("<") && command.startsWith("<", at + redirect.length)) return null;
      at += redirect.length;
      while (blank.test(command[at] ?? "")) at++;
    }
    const read = readWord(command, at);
    if (read === null) return null;
    if (redirect === undefined) words.push(read.word);
    else redirected = true;
    at = read.end;
  }
  return { words, redirected };
}

interface Piece {
  text: string;
  length: number;
  dynamic: boolean;
}

function readWord(command: string, start: number): { word: ShellWord; end: number } | null {
  const word: ShellWord = { start, text: "", dynamic: false, bare: -1 };
  let at = start;
  while (at < command.length && !/[ \t<>]/.test(command[at] ?? "")) {
    const quoting = /['"\\$]/.test(command[at] ?? "");
    if (quoting && word.bare < 0) word.bare = word.text.length;
    const piece = readPiece(command, at, at === start);
    if (piece === null) return null;
    word.text += piece.text;
    word.dynamic ||= piece.dynamic;
    at += piece.length;
  }
  if (at === start) return null;
  if (word.bare < 0) word.bare = word.text.length;
  return { word, end: at };
}

function readPiece(command: string, at: number, first: boolean): Piece | null {
  const character = command[at] ?? "";
  if (character === "'") return singleQuoted(command, at);
  if (character === '"') return doubleQuoted(command, at);
  if (character === "$") return variable(command, at);
  if (character === "\\") {
    const next = command[at + 1];
    return next === undefined || next === "\n" ? null : { text: next, length: 2, dynamic: false };
  }
  if (/[;&|()`\n\r]/.test(character) || (first && character === "#")) return null;
  const tilde = character === "~" && (first || /[=:]/.test(command[at - 1] ?? ""));
  return { text: character, length: 1, dynamic: tilde || dynamicCharacter.test(character) };
}

function singleQuoted(command: string, at: number): Piece | null {
  const end = command.indexOf("'", at + 1);
  return end < 0 ? null : { text: command.slice(at + 1, end), length: end + 1 - at, dynamic: false };
}

function variable(command: string, at: number): Piece | null {
  const name = plainVariable.exec(command.slice(at))?.[0];
  if (name !== undefined) return { text: name, length: name.length, dynamic: true };
  // `$(`, `${x:-"y"}`, `$'x'` (bash only): more than we want to understand. A lone `$` stands for itself.
  return /^\$[({'"]/.test(command.slice(at)) ? null : { text: "$", length: 1, dynamic: false };
}

function doubleQuoted(command: string, start: number): Piece | null {
  let text = "";
  let dynamic = false;
  let at = start + 1;
  for (; command[at] !== '"'; ) {
    const character = command[at];
    if (character === undefined || character === "`") return null;
    if (character === "\\" && /["$`\\]/.test(command[at + 1] ?? "")) {
      text += command[at + 1];
      at += 2;
    } else if (character === "$") {
      const piece =
        command[at + 1] === '"' ? { text: "$", length: 1, dynamic: false } : variable(command, at);
      if (piece === null) return null;
      text += piece.text;
      dynamic ||= piece.dynamic;
      at += piece.length;
    } else {
      text += character;
      at++;
    }
  }
  return { text, length: at + 1 - start, dynamic };
}
