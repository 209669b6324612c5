/** A parser directive: `# name=value` in the lines at the very top, before anything else. */
const directive = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;

export interface PreparedDockerfile {
  text: string;
  /** The frontend a `# syntax=` line asked for; null when there was none. */
  syntax: string | null;
}

/**
 * Makes a Dockerfile buildable with the engine's own frontend: a `# syntax=` line would have it fetch another one from a registry.
 * The other directives stay, and line numbers too.
 */
export function prepareDockerfile(raw: string): PreparedDockerfile {
  const lines = raw.replace(/^\uFEFF/, "").split("\n");
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
