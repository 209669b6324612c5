import type { MetricsView } from "../core/wire/metrics";
import type { AdminRoutes } from "./admin-socket";
import type { Crew } from "./crew";
import { prometheusText } from "./prometheus";

/** What a router tells and does for those who may open its admin socket. */
export const adminRoutes = (crew: Crew): AdminRoutes => ({
  "GET /workers": () => crew.view(),
  "GET /table": () => crew.table,
  "GET /counters": () => crew.report(),
  "GET /metrics": async () => {
    const metrics = await crew.metrics();
    return prometheusText(metrics, (appId) => crew.table.apps[appId]?.name ?? appId);
  },
  "GET /metrics.json": async (): Promise<MetricsView> => {
    const metrics = await crew.metrics();
    const apps = Object.entries(crew.table.apps).map(([appId, { name }]) => [appId, name]);
    return { atMs: performance.now(), apps: Object.fromEntries(apps), ...metrics };
  },
  "POST /reload": () => crew.reload(),
});
