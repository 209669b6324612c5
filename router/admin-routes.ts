import type { MetricsView } from "../core/wire/metrics";
import type { AdminRoutes } from "./admin-socket";
import type { Crew } from "./crew";
import type { KnownTable } from "./known-table";
import { prometheusText } from "./prometheus";

/** What a router tells and does for those who may open its admin socket. */
export const adminRoutes = (crew: Crew, table: KnownTable): AdminRoutes => ({
  "GET /workers": () => crew.view(),
  "GET /table": () => table.whole,
  "GET /counters": () => crew.report(),
  "GET /metrics": async () => {
    const metrics = await crew.metrics();
    return prometheusText(metrics, (appId) => table.whole.apps[appId]?.name ?? appId);
  },
  "GET /metrics.json": async (): Promise<MetricsView> => {
    const metrics = await crew.metrics();
    const apps = Object.entries(table.whole.apps).map(([appId, { name }]) => [appId, name]);
    return { atMs: performance.now(), apps: Object.fromEntries(apps), ...metrics };
  },
  "POST /reload": () => crew.reload(),
});
