import type { ContextEntry } from "../context-entry";

/**
 * What of a context is to be sent when BuildKit follows only some paths (the sources of its COPYs, or an ignore file). It may always be sent
 * more: patterns and links are not followed here, with one of them it is all.
 */
export function askedEntries(entries: ContextEntry[], follow: string[]): ContextEntry[] {
  if (follow.length === 0) return entries;
  const asked = follow.map((path) =>
    path
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/"),
  );
  if (asked.some((path) => path === "" || /[*?[\\]|(?:^|\/)\.\.(?:\/|$)/.test(path))) return entries;
  const touched = entries.filter(({ path }) => asked.some((one) => isOn(path, one)));
  return touched.some(({ type }) => type === "symlink") ? entries : touched;
}

/** Whether one path is the other one, lies below it, or leads to it. */
const isOn = (path: string, asked: string): boolean =>
  path === asked || path.startsWith(`${asked}/`) || asked.startsWith(`${path}/`);
