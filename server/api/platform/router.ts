import type { MetricsView, RouterView } from "../../../core/wire";
import type { Context } from "../../actions/context";

/** The platform's own router. */
export interface Router {
  /** Its processes, and how its last reload went. */
  readRouter(): Promise<RouterView>;
  /** Begins; new workers succeed the present ones. */
  reloadRouter(): Promise<RouterView>;
  /** What it measured ... */
  readMetrics(): Promise<MetricsView>;
  /** ... and the same for Prometheus. */
  metricsText(): Promise<string>;
}

export const routerOf = ({ routerAdmin }: Pick<Context, "routerAdmin">): Router => ({
  readRouter: () => routerAdmin.view(),
  reloadRouter: () => routerAdmin.reload(),
  readMetrics: () => routerAdmin.metrics(),
  metricsText: () => routerAdmin.metricsText(),
});
