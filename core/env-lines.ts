import { invalid } from "./error";

const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/y;
const blank = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
/** Up to the end of the line, without a comment after a blank. */
const bare = /([^\n]*?)(?:[ \t]+#[^\n]*)?[ \t]*(?:\r?\n|$)/y;
/** Pieces that stand together make one value, as in a shell: 'it'\''s'. */
const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\([^\n])|([\w@%+=:,./-]+)/sy;

/**
 * Reads `NAME=value` lines, as `paas config --shell` prints them and .env files have them: values bare (to the line's end), in single quotes
 * (verbatim, line breaks too) or in double quotes (with \n, \", \\ and \$). Throws `invalid` with the line, and never with its text.
 */
export function parseEnvLines(text: string): Record<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const wrong = (): Error => invalid(`Line ${text.slice(0, at).split("\n").length} is not NAME=value.`);
  while (at < text.length) {
    if (take(blank)) continue;
    const name = take(assignment)?.[1];
    if (name === undefined) throw wrong();
    if (!/['"]/.test(text[at] ?? "")) values.set(name, take(bare)?.[1] ?? "");
    else {
      let value = "";
      for (let found = take(piece); found; found = take(piece)) value += textOf(found);
      values.set(name, value);
      if (!take(blank)) throw wrong();
    }
  }
  return Object.fromEntries(values);
}

const textOf = ([, single, double, escaped, plain]: RegExpExecArray): string =>
  single ??
  double?.replace(/\\([n"\\$`])/g, (_, char: string) => (char === "n" ? "\n" : char)) ??
  escaped ??
  plain ??
  "";
