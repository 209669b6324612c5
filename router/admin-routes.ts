import type { AdminRoutes } from "./admin-socket";
import type { Crew } from "./crew";

/** What a router tells and does for those who may open its admin socket. */
export const adminRoutes = (crew: Crew): AdminRoutes => ({
  "GET /workers": () => crew.view(),
  "GET /table": () => crew.table,
  "GET /counters": () => crew.report(),
  "POST /reload": () => {
    crew.reload();
    return crew.view();
  },
});
