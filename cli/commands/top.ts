import { setTimeout as delay } from "node:timers/promises";
import { formatDuration, parseDuration } from "../../core/duration";
import { invalid } from "../../core/error";
import { latencyText, percentOf } from "../../core/figures";
import { type AppRates, ratesBetween } from "../../core/traffic-rates";
import type { MetricsView } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import { LiveView } from "../live-view";
import type { Session } from "../session";
import { columns } from "../table";

const defaultInterval = "2s";

export const command = defineCommand({
  words: "",
  flags: {
    ...jsonFlag,
    once: { type: "boolean", about: "look for one interval, and end" },
    interval: { type: "string", about: `how long each figure is measured, 1s to 60s (${defaultInterval})` },
  },
  about:
    "Requests a second, answers with 5xx, latencies and requests in flight of every app, as the router counts them; the busiest first.\n" +
    "Ends with Ctrl-C. With --json each interval is one line, or with --once one array.",
  async run(session, _words, flags) {
    const intervalMs = intervalOf(flags.interval ?? defaultInterval);
    if (flags.once) return printOnce(session, intervalMs, flags.json === true);
    await watch(session, intervalMs, flags.json === true);
  },
});

function intervalOf(word: string): number {
  const ms = parseDuration(word);
  if (ms >= 1_000 && ms <= 60_000) return ms;
  throw invalid(`--interval ${word} is too short or too long: 1s to 60s.`);
}

async function printOnce(session: Session, intervalMs: number, json: boolean): Promise<void> {
  const before = await look(session);
  await delay(intervalMs);
  const rates = ratesBetween(before, await look(session));
  if (json) session.printJson(rates);
  else session.print(...lines(rates, intervalMs));
}

async function watch(session: Session, intervalMs: number, json: boolean): Promise<void> {
  const stop = new AbortController();
  const restore = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) =>
    session.world.onSignal(name, () => stop.abort()),
  );
  const view = new LiveView(session.world);
  try {
    if (!json) view.begin(`Measuring for ${formatDuration(intervalMs)} ...`);
    let before = await look(session);
    while (await waited(intervalMs, stop.signal)) {
      const after = await look(session);
      if (stop.signal.aborted) return;
      const rates = ratesBetween(before, after);
      if (json) session.print(JSON.stringify(rates));
      else view.show(lines(rates, intervalMs));
      before = after;
    }
  } finally {
    view.end();
    for (const undo of restore) undo();
  }
}

const look = (session: Session): Promise<MetricsView> => session.api.get<MetricsView>("/router/metrics");

/** False when it is over. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

function lines(rates: AppRates[], intervalMs: number): string[] {
  const all = rates.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const inFlight = rates.reduce((sum, one) => sum + one.inFlight, 0);
  return [
    `=== ${perSecond(all)} requests/s to ${rates.length} ${rates.length === 1 ? "app" : "apps"}, ${inFlight} in flight (over ${formatDuration(intervalMs)})`,
    "",
    ...columns([
      // What a narrow terminal cuts off is the end of a name.
      ["REQ/S", "5XX", "P50", "P99", "IN FLIGHT", "APP"],
      ...rates.map((one) => [
        perSecond(one.requestsPerSecond),
        one.requestsPerSecond === 0 ? "-" : percentOf(one.errorShare, 1),
        one.p50Ms === null ? "-" : latencyText(one.p50Ms),
        one.p99Ms === null ? "-" : latencyText(one.p99Ms),
        String(one.inFlight),
        one.app,
      ]),
    ]),
  ];
}

const perSecond = (rate: number): string => rate.toFixed(rate < 100 ? 1 : 0);
