/** What a bench hands back: a table for people and one JSON line for machines. */
export interface Report {
  /** Rows of cells; the first row is the heading. */
  table: string[][];
  /** One flat object; its figures are in the units their names say. */
  figures: Record<string, string | number>;
}

/** Prints the table, unless only JSON is wanted, and the JSON line last. */
export function print(report: Report, jsonOnly: boolean, out: NodeJS.WritableStream): void {
  if (!jsonOnly) out.write(`\n${renderTable(report.table)}\n\n`);
  out.write(`${JSON.stringify(report.figures)}\n`);
}

function renderTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    )
    .join("\n");
}
