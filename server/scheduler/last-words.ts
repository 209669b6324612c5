import { safeLines } from "../../core/log-text";
import type { Engine } from "../engines/engine";

const longestLine = 1_000;
const limitMs = 5_000;

/** The last lines that an instance wrote, made safe. */
export async function lastWords(
  engine: Pick<Engine, "logs">,
  instanceId: string,
  count: number,
): Promise<string[]> {
  const lines: string[] = [];
  const signal = AbortSignal.timeout(limitMs);
  for await (const entry of engine.logs(instanceId, { since: null, follow: false, signal, tail: count }))
    lines.push(...safeLines(entry.text.slice(0, longestLine)));
  return lines.slice(-count);
}
