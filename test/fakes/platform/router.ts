import type { Router } from "../../../server/api/platform/router";
import type { World } from "./world";

export const fakeRouter = (world: World): Router => ({
  readRouter: async () => nextOf(world.routerViews),
  reloadRouter: async () => nextOf(world.routerViews),
  readMetrics: async () => nextOf(world.metrics),
  metricsText: async () => "# HELP paas_requests_total Requests to apps.\n",
});

/** Takes the next view; the last one stays. */
function nextOf<T>(views: T[]): T {
  const [view] = views.length > 1 ? views.splice(0, 1) : views;
  if (view === undefined) throw new Error("a router without a view");
  return view;
}
