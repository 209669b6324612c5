import { refused } from "./refused";

export type Variables = ReadonlyMap<string, string>;

/** `$X`, `${X}`, `${X:-word}`, `${X:+word}`, `${X-word}`, `${X+word}`. */
const form = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^${}]*))?\})/g;

/** Puts values in as the frontend does; throws `build_failed` for forms that are not read here, and for quotes inside a word. */
export function expand(word: string, variables: Variables, line: number): string {
  const plain = unquoted(word);
  const expanded = plain.replace(form, (_all, short?: string, long?: string, how?: string, other = "") => {
    const value = variables.get(short ?? long ?? "");
    const there = how?.startsWith(":") ? (value ?? "") !== "" : value !== undefined;
    if (how?.endsWith("-")) return there ? (value ?? "") : other;
    if (how?.endsWith("+")) return there ? other : "";
    return value ?? "";
  });
  if (/["'\\`]/.test(plain) || plain.replace(form, "").includes("$"))
    throw refused(line, `which image ${word.slice(0, 80)} names cannot be told: write it plainly`);
  return expanded;
}

const unquoted = (word: string): string => /^(["'])(.*)\1$/.exec(word)?.[2] ?? word;

/** Declarations of an ARG instruction, in order: `NAME`, `NAME=value`, several of them. */
export function declarationsOf(rest: string): [name: string, value: string | null][] {
  const words = rest.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  return words.map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
  });
}

/** What every Dockerfile knows of the machine before its first FROM. */
export function platformVariables(arch: string): Map<string, string> {
  const name = arch === "x64" ? "amd64" : arch;
  const variables = new Map<string, string>();
  for (const side of ["TARGET", "BUILD"]) {
    variables.set(`${side}PLATFORM`, `linux/${name}`).set(`${side}OS`, "linux");
    variables.set(`${side}ARCH`, name).set(`${side}VARIANT`, "");
  }
  return variables;
}
