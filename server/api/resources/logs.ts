import { invalid } from "../../../core/error";
import { type LogSource, logSources } from "../../../core/log-line";
import type { LogStreamLine } from "../../../core/wire";
import type { Logs, LogWish } from "../platform/logs";
import { wholeNumber } from "../request/numbers";
import { type AppCall, routesFor } from "../request/route";

const { appRoute } = routesFor<Logs>();

export const logsRoutes = [
  appRoute({
    method: "get",
    path: "/logs",
    verb: "logs:read",
    stream: async (call) => lines(call, wishOf(call)),
  }),
];

const maxLines = 10_000;

function wishOf({ query }: AppCall<unknown>): LogWish {
  const [type, instance, source] = [query("type"), query("instance"), sourceOf(query("source"))];
  return {
    lines: wholeNumber("n", query("n") ?? "100", 0, maxLines),
    tail: query("tail") === "1",
    filter: { ...(type && { type }), ...(instance && { instance }), ...(source && { source }) },
  };
}

function sourceOf(text: string | undefined): LogSource | undefined {
  if (!text) return undefined;
  const source = logSources.find((known) => known === text);
  if (!source)
    throw invalid(
      `There is no log source ${JSON.stringify(text.slice(0, 20))}: use ${logSources.join(", ")}.`,
    );
  return source;
}

async function* lines({ platform, app, signal }: AppCall<Logs>, wish: LogWish): AsyncIterable<LogStreamLine> {
  for await (const line of platform.readLogs(app, wish, signal)) yield { line };
  yield { end: true };
}
