/**
 * A parser directive: `# name=value` in the lines at the very top, before anything else. It takes for one whatever a frontend does, and more:
 * its blanks are a superset of theirs, and so are its values (without the flag s, a dot leaves out carriage returns).
 */
const directive = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/s;

export interface PreparedDockerfile {
  text: string;
  /** The frontend a `# syntax=` line asked for; null when there was none. */
  syntax: string | null;
}

/**
 * Makes a Dockerfile buildable with the engine's own frontend: a `# syntax=` line would have it fetch another one from a registry, a program
 * that none of the checks here binds. The other directives stay, and line numbers too.
 */
export function prepareDockerfile(raw: string): PreparedDockerfile {
  const lines = withoutShebang(raw.replace(/^\uFEFF+/, "")).split("\n");
  const kept: string[] = [];
  let syntax: string | null = null;
  let at = 0;
  for (; at < lines.length; at += 1) {
    const [, name, value] = directive.exec(lines[at] ?? "") ?? [];
    if (name === undefined) break;
    if (name.toLowerCase() === "syntax") syntax ??= value ?? "";
    else kept.push(lines[at] ?? "");
  }
  if (syntax === null) return { text: lines.join("\n"), syntax };
  // Behind the directives a comment is only a comment.
  const comments = Array.from(
    { length: at - kept.length },
    () => "# (syntax line: the platform's own frontend is used)",
  );
  return { text: [...kept, ...comments, ...lines.slice(at)].join("\n"), syntax };
}

/** Some frontends look for directives behind one: as an ordinary comment it ends them for all. */
const withoutShebang = (text: string): string => text.replace(/^#!/, "# !");
