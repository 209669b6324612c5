import { invalid } from "./error";
import type { ProcessTypes } from "./release";

const linePattern = /^([A-Za-z0-9_-]+):\s*(.+)$/;
/** But tabs: no shell needs one in a command, and each terminal that shows the command would obey it. */
const control = /[^\P{Cc}\t]/u;

/**
 * Parses a Procfile: one `type: command` a line; blank lines and `#` comments are skipped.
 * Throws `invalid` naming the line that is neither, or a type named twice.
 */
export function parseProcfile(text: string): ProcessTypes {
  const types: ProcessTypes = {};
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (control.test(line))
      throw invalid(
        `Procfile line ${index + 1} has a control character: remove it, or write it as an escape.`,
      );
    const [, type, command] = linePattern.exec(line) ?? [];
    if (type === undefined || command === undefined)
      throw invalid(`Procfile line ${index + 1} is not "type: command": ${line.slice(0, 80)}`);
    if (type.length > 40)
      throw invalid(`Procfile line ${index + 1}: a process type has at most 40 characters.`);
    if (types[type])
      throw invalid(`Procfile line ${index + 1}: the process type ${type} stands there twice.`);
    types[type] = { command };
  }
  return types;
}
