import type { RunView } from "../core/wire";
import { columns } from "./table";
import { when } from "./time";

/** One-offs as lines for people. */
export const runTable = (runs: RunView[], now: Date): string[] =>
  columns(
    runs.map((run) => [run.name, stateOf(run), when(run.startedAt, now), run.actor, singleLine(run.command)]),
  );

function stateOf({ outcome, exitCode, kind }: RunView): string {
  if (outcome === null) return kind === "attached" ? "up (attached)" : "up";
  return exitCode === null ? outcome : `${outcome} (${exitCode})`;
}

const singleLine = (text: string): string => text.replace(/\s+/g, " ");
