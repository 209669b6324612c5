/** Lines of aligned columns, two spaces apart; the last column is not padded. */
export function columns(rows: string[][]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** `Name:  value` lines, aligned. */
export const fields = (pairs: [string, string][]): string[] =>
  columns(pairs.map(([name, value]) => [`${name}:`, value]));

/** `1 worker`, `2 workers`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Text out of the platform made harmless for a terminal: control characters but tab and newline become visible. */
export const harmless = (text: string): string =>
  text.replace(/(?![\t\n])\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
