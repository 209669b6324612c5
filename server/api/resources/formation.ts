import { quantitiesOf } from "../../../core/formation";
import { runningTypes } from "../../../core/release";
import {
  type FormationView,
  type LimitsView,
  limitWishSchema,
  type RestartView,
  restartSchema,
  type SettleLine,
  scaleSchema,
  stopSchema,
} from "../../../core/wire";
import type { Processes } from "../platform/processes";
import type { Releases } from "../platform/releases";
import { wholeNumber } from "../request/numbers";
import { type AppCall, routesFor } from "../request/route";

const { appRoute } = routesFor<Processes & Releases>();

export const formationRoutes = [
  appRoute({
    method: "get",
    path: "/formation",
    verb: "app:read",
    async answer({ platform, app }): Promise<FormationView> {
      const current = await platform.currentRelease(app);
      const quantities = quantitiesOf(runningTypes(current?.processTypes ?? {}), app.formation.quantities);
      return { quantities, previous: quantities };
    },
  }),
  appRoute({
    method: "patch",
    path: "/formation",
    verb: "formation:write",
    body: scaleSchema,
    status: 202,
    answer: ({ platform, actor, app, body }): Promise<FormationView> =>
      platform.scale(actor, app, body.words),
  }),
  appRoute({
    method: "post",
    path: "/restart",
    verb: "formation:write",
    body: restartSchema,
    status: 202,
    async answer({ platform, actor, app, body }): Promise<RestartView> {
      return { instances: await platform.restart(actor, app, body.what) };
    },
  }),
  appRoute({
    method: "post",
    path: "/stop",
    verb: "formation:write",
    body: stopSchema,
    status: 202,
    answer: ({ platform, actor, app, body }): Promise<FormationView> => platform.stop(actor, app, body.type),
  }),
  appRoute({
    method: "get",
    path: "/settle",
    verb: "app:read",
    async stream(call) {
      return settle(call, wholeNumber("The timeout", call.query("timeout") ?? "300", 1, 86_400) * 1000);
    },
  }),
  appRoute({
    method: "get",
    path: "/limits",
    verb: "app:read",
    async answer({ platform, app }): Promise<LimitsView> {
      const limits = await platform.readLimits(app);
      return { limits, previous: limits };
    },
  }),
  appRoute({
    method: "patch",
    path: "/limits",
    verb: "formation:write",
    body: limitWishSchema,
    status: 202,
    answer: ({ platform, actor, app, body }): Promise<LimitsView> => platform.limit(actor, app, body),
  }),
  appRoute({
    method: "get",
    path: "/instances",
    verb: "app:read",
    answer: ({ platform, app }) => platform.listInstances(app),
  }),
];

async function* settle(
  { platform, app, signal }: AppCall<Processes>,
  limitMs: number,
): AsyncIterable<SettleLine> {
  await platform.settle(app, limitMs, signal);
  yield { instances: await platform.listInstances(app) };
}
