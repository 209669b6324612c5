import { setTimeout as delay } from "node:timers/promises";
import { type Finding, fault, warning, well } from "../../../core/doctor";
import type { EngineInstance } from "../../../core/instance";
import type { RouterReport } from "../../../core/route";
import { isThere } from "../../scheduler/routing";
import type { StoredRoute } from "../../store/routes";
import type { Context } from "../context";
import type { Check } from "./check";

/** What a deploy or a crash leaves for a moment is no finding: what looks wrong is looked at again after this long. */
const secondLookMs = 1_500;

export const routesCheck: Check = {
  name: "routes",
  async look(ctx) {
    const findings = judgeRoutes(await lookAtRoutes(ctx));
    if (findings.every(({ severity }) => severity === "ok")) return findings;
    await delay(secondLookMs);
    return judgeRoutes(await lookAtRoutes(ctx));
  },
  async fix(ctx) {
    const { routes, instances, names } = await lookAtRoutes(ctx);
    const version = await ctx.routing.republish();
    const lost = routes.filter(({ targets, appId }) =>
      targets.some((target) => !isThere(target, appId, instances)),
    );
    for (const { appId } of lost) ctx.scheduler.nudge(appId);
    return [
      `published route table ${version} again`,
      ...lost.map(({ appId }) => `told the scheduler to look at ${names.get(appId) ?? appId}`),
    ];
  },
};

export interface RouteFacts {
  routes: StoredRoute[];
  instances: EngineInstance[];
  routers: Pick<RouterReport, "routerId" | "version">[];
  tableVersion: number;
  /** Names of apps by id. */
  names: Map<string, string>;
}

async function lookAtRoutes(ctx: Context): Promise<RouteFacts> {
  const [instances, routes, apps, tableVersion] = await Promise.all([
    ctx.engine.list(),
    ctx.store.routes.of(null),
    ctx.store.apps.list(),
    ctx.store.routes.version(),
  ]);
  return {
    instances,
    routes,
    routers: ctx.routers.live(),
    tableVersion,
    names: new Map(apps.map((app) => [app.id, app.name])),
  };
}

export function judgeRoutes({ routes, instances, routers, tableVersion, names }: RouteFacts): Finding[] {
  const known = routes.filter(({ appId }) => names.has(appId));
  const lost = known.flatMap(({ appId, targets }) =>
    targets
      .filter((target) => !isThere(target, appId, instances))
      .map((target) => lostTarget(names.get(appId) ?? appId, target)),
  );
  const behind = routers
    .filter(({ version }) => version < tableVersion)
    .map((router) => lateRouter(router, tableVersion));
  const found = [...(routers.length === 0 ? [noRouter()] : []), ...behind, ...lost];
  const count = known.reduce((sum, { targets }) => sum + targets.length, 0);
  return found.length > 0
    ? found
    : [
        well(
          "routes",
          `table ${tableVersion} is with ${routers.length} router${routers.length === 1 ? "" : "s"}; all ${count} routed instances run at its addresses`,
        ),
      ];
}

const noRouter = (): Finding =>
  fault("routes", {
    what: "no router answers",
    meaning: "Apps cannot be reached.",
    remedy: "See paas status and <data>/logs/router.log; paas up starts what is down.",
  });

const lateRouter = ({ routerId, version }: RouteFacts["routers"][number], tableVersion: number): Finding =>
  warning("routes", {
    what: `router ${routerId} routes by table ${version} of ${tableVersion}`,
    meaning: "It sends requests where they went before; instances it may still use are not stopped.",
    remedy: "paas doctor --fix publishes the table again; then see <data>/logs/router.log.",
    fixable: true,
  });

const lostTarget = (app: string, target: StoredRoute["targets"][number]): Finding =>
  fault("routes", {
    what: `${app} is routed to ${target.name} at ${target.address}, but that instance does not run there`,
    meaning: "Requests that are sent there fail or wait.",
    remedy: "paas doctor --fix lets the scheduler look at the app and publishes the table again.",
    fixable: true,
  });
