import { setTimeout as pause } from "node:timers/promises";
import { invalid, isPaasError, PaasError } from "../core/error";
import { partsOfLogLine } from "../core/log-line";
import type { LogStreamLine } from "../core/wire";
import { appPath, type Session } from "./session";

/** As many as the platform gives at once. */
const maxLines = 10_000;

export const lineFlags = {
  num: { type: "string", short: "n", about: "how many lines (100)" },
  tail: { type: "boolean", short: "t", about: "go on as lines come" },
  json: { type: "boolean", about: "print an object of JSON for each line: time, from, place, text" },
} as const;

/** Prints an app's log lines that match, or `none`; with `tail` it follows them. */
export async function showLogs(
  session: Session,
  app: string,
  query: Query,
  { num = "100", tail, json }: { num?: string; tail?: true; json?: true },
  none = `There are no log lines of ${app}${Object.keys(query).length > 0 ? " that match" : " yet"}.`,
): Promise<void> {
  if (!/^\d{1,5}$/.test(num) || Number(num) > maxLines)
    throw invalid(`-n takes a whole number from 0 to ${maxLines}.`);
  const printer = new LinePrinter(session, json ? jsonOf : String);
  if (tail) return follow(session, app, query, num, printer);
  const whole = await read(session, app, { ...query, n: num }, printer);
  if (!whole) throw new PaasError("unavailable", "The connection was lost: run the command again.");
  if (printer.last === null && !json) session.note(none);
}

const jsonOf = (line: string): string => JSON.stringify(partsOfLogLine(line) ?? { text: line });

/** Prints lines, and after a lost connection none twice: lines carry their time. */
class LinePrinter {
  /** The newest time printed, and the lines of that very time. */
  last: string | null = null;
  readonly #atLast = new Set<string>();
  readonly #out: NodeJS.WritableStream;
  readonly #textOf: (line: string) => string;

  constructor(session: Session, textOf: (line: string) => string) {
    this.#out = session.world.stdout;
    this.#textOf = textOf;
  }

  print(line: string, again: boolean): void {
    const time = line.slice(0, line.indexOf(" "));
    const newer = this.last === null || time > this.last;
    if (again && !newer && (time !== this.last || this.#atLast.has(line))) return;
    if (newer) this.#atLast.clear();
    this.last = newer ? time : this.last;
    this.#atLast.add(line);
    this.#out.write(`${this.#textOf(line)}\n`);
  }
}

type Query = Record<string, string>;

/** Resolves with whether the stream came to its proper end. */
async function read(
  session: Session,
  app: string,
  query: Query,
  printer: LinePrinter,
  again = false,
): Promise<boolean> {
  for await (const news of session.api.lines<LogStreamLine>(
    appPath(app, `/logs?${new URLSearchParams(query)}`),
  )) {
    if ("end" in news) return true;
    if ("line" in news) printer.print(news.line, again);
  }
  return false;
}

const betweenAttemptsMs = 1_000;

/** Follows until the reader stops it; a platform that restarts meanwhile is asked again. Ends by itself only with the app. */
async function follow(
  session: Session,
  app: string,
  query: Query,
  count: string,
  printer: LinePrinter,
): Promise<void> {
  await session.api.get(appPath(app));
  let ended = await read(session, app, { ...query, n: count, tail: "1" }, printer).catch(untilBack);
  while (!ended) {
    await pause(betweenAttemptsMs);
    ended = await read(session, app, { ...query, n: "1000", tail: "1" }, printer, true).catch(untilBack);
  }
}

function untilBack(error: unknown): false {
  if (isPaasError(error, "unavailable")) return false;
  throw error;
}
