import type { AppLogs } from "./app-logs";

/** One router line as it comes from the routers' stream (core/keys `access`), in the stream's order. */
export interface AccessLine {
  /** `<milliseconds>-<sequence>`, rising. */
  id: string;
  appId: string;
  /** `at=info method=GET path="/" ...` */
  line: string;
}

/** The position of the routers' stream in an app's log. */
const positionName = "@access";

/**
 * Copies router lines to the logs of their apps until the source ends (the caller comes back). The source begins with the oldest line it
 * still holds, and what it has at hand comes as one batch: each app's log knows how far it has come, so no line is written twice, whenever
 * the server died. `isApp` keeps lines of a destroyed app from making its log anew. Lines that cannot be written (a full disk) are given up
 * and reported: they must hold back neither other apps' lines nor the stream.
 */
export async function collectAccessLines(
  source: AsyncIterable<AccessLine[]>,
  logs: AppLogs,
  isApp: (appId: string) => Promise<boolean>,
  reportLost: (appId: string, count: number, error: unknown) => void,
): Promise<void> {
  for await (const batch of source) {
    for (const [appId, lines] of byApp(batch)) {
      try {
        if (await isApp(appId)) await appendNew(logs, appId, lines);
      } catch (error) {
        reportLost(appId, lines.length, error);
      }
    }
  }
}

async function appendNew(logs: AppLogs, appId: string, lines: AccessLine[]): Promise<void> {
  const position = (await logs.positions(appId)).get(positionName);
  const fresh = position === undefined ? lines : lines.filter((line) => isAfter(line.id, position));
  const last = fresh.at(-1);
  if (!last) return;
  await logs.append(
    appId,
    fresh.map(({ id, line }) => ({ at: instantOf(id), from: "paas", place: "router", text: line })),
    { [positionName]: last.id },
  );
}

function byApp(batch: AccessLine[]): Map<string, AccessLine[]> {
  const groups = new Map<string, AccessLine[]>();
  for (const line of batch) {
    const group = groups.get(line.appId);
    if (group) group.push(line);
    else groups.set(line.appId, [line]);
  }
  return groups;
}

function isAfter(id: string, position: string): boolean {
  const [a, b] = [parts(id), parts(position)];
  return a.milliseconds === b.milliseconds ? a.sequence > b.sequence : a.milliseconds > b.milliseconds;
}

const instantOf = (id: string): Date => new Date(parts(id).milliseconds);

function parts(id: string): { milliseconds: number; sequence: number } {
  const [milliseconds = "0", sequence = "0"] = id.split("-");
  return { milliseconds: Number(milliseconds), sequence: Number(sequence) };
}
