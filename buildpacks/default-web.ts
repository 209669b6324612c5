import { PaasError } from "../core/error";
import type { ProcessTypes } from "../core/release";
import type { SourceView } from "./buildpack";

/** What people are told who have to say it. */
export interface Advice {
  /** The line of a Procfile, e.g. "web: python main.py". */
  line: string;
  /** What would do as well, e.g. "a server.js". */
  or?: string;
}

/** What runs as `web` without a Procfile; with one it is the Procfile's business. Throws `build_failed` with what to write when nothing does. */
export function defaultWeb(
  { procfile }: Pick<SourceView, "procfile">,
  command: string | null,
  advice: Advice,
): ProcessTypes {
  if (command !== null) return { web: { command } };
  if (procfile !== null) return {};
  const or = advice.or === undefined ? "" : `, or ${advice.or}`;
  throw new PaasError(
    "build_failed",
    `Nothing says how to start this app: add a Procfile (${advice.line})${or}.`,
  );
}
