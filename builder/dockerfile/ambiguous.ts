import { refused } from "./refused";

/*
 * What engines read in different ways, or otherwise than we do. A line that one of them takes for an instruction, and we for a part of
 * another, would pass unchecked: so what is ambiguous is refused, with what to write instead.
 */

/** Blanks to only some readers (next line, byte order mark), wherever they are; any but plain ones at a line's beginning. */
const oddBlank = /[\u0085\ufeff]|^[ \t\r\v\f]*(?=[^ \t\r\v\f])\s/;
const comment = /^[ \t\r\v\f]*#/;

export function refuseAmbiguousText(lines: string[]): void {
  if (/^\s*(?:\/\/|\{)/.test(lines[0] ?? ""))
    throw refused(1, "a Dockerfile begins with an instruction, or with a comment after #");
  for (const [index, line] of lines.entries()) {
    const [odd] = (!comment.test(line) && oddBlank.exec(line)) || [];
    if (odd !== undefined)
      throw refused(index + 1, `it has the invisible character ${codeOf(odd)}: remove it`);
  }
}

const codeOf = (text: string): string =>
  `U+${(text.codePointAt(text.length - 1) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** The word that ends a here-document: one that ends in a backslash would join its line with the next one, for us only. */
export function refuseAmbiguousHeredoc(rest: string, line: number): void {
  for (const [, word = ""] of rest.matchAll(/(?:^|\s)\d*<<-?([^<\s]+)/g))
    if (!/^(["']?)[\w.-]+\1$/.test(word))
      throw refused(
        line,
        `end the here-document with a word of letters and digits, not ${JSON.stringify(word)}`,
      );
}

/**
 * The character that joins lines. Engines differ in which comments may stand before the directive `escape`, and in how it may be written:
 * the first line, in its usual form, is one for all of them.
 */
export function continuationMark(lines: string[]): "`" | "\\" {
  const head = lines.slice(0, lines.findIndex((line) => !/^\s*#/.test(line)) >>> 0);
  const at = head.findIndex((line) => /^\s*#\s*escape\s*=/i.test(line));
  if (at < 0) return "\\";
  const [, mark] = /^#[ \t]*escape[ \t]*=[ \t]*([\\`])[ \t\r]*$/i.exec(lines[at] ?? "") ?? [];
  if (at > 0 || mark === undefined)
    throw refused(
      at + 1,
      'the directive escape= must be the first line, as in "# escape=`", or the line must go',
    );
  return mark === "`" ? "`" : "\\";
}
