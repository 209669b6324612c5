import type { Platform } from "./platform/platform";
import type { Route } from "./request/route";
import { appsRoutes } from "./resources/apps";
import { bakeRoutes } from "./resources/bake";
import { buildSettingsRoutes } from "./resources/build-settings";
import { buildpackRoutes } from "./resources/buildpacks";
import { buildsRoutes } from "./resources/builds";
import { certificatesRoutes } from "./resources/certificates";
import { configRoutes } from "./resources/config";
import { cronRoutes } from "./resources/cron";
import { deployImageRoutes } from "./resources/deploy-image";
import { deploySourceRoutes } from "./resources/deploy-source";
import { doctorRoutes } from "./resources/doctor";
import { domainsRoutes } from "./resources/domains";
import { drainRoutes } from "./resources/drain";
import { formationRoutes } from "./resources/formation";
import { garbageRoutes } from "./resources/garbage";
import { httpRoutes } from "./resources/http";
import { logsRoutes } from "./resources/logs";
import { promotionsRoutes } from "./resources/promotions";
import { releasesRoutes } from "./resources/releases";
import { routerRoutes } from "./resources/router";
import { runsRoutes } from "./resources/runs";
import { tokensRoutes } from "./resources/tokens";
import { whoamiRoutes } from "./resources/whoami";

/** Every route of the API below `/v1`, but `run` (an upgrade) and a build's source (its own token). */
export const routes: Route<Platform>[] = [
  ...whoamiRoutes,
  ...doctorRoutes,
  ...garbageRoutes,
  ...routerRoutes,
  ...appsRoutes,
  ...configRoutes,
  ...releasesRoutes,
  ...promotionsRoutes,
  ...deployImageRoutes,
  ...deploySourceRoutes,
  ...formationRoutes,
  ...drainRoutes,
  ...bakeRoutes,
  ...logsRoutes,
  ...domainsRoutes,
  ...certificatesRoutes,
  ...httpRoutes,
  ...buildsRoutes,
  ...buildSettingsRoutes,
  ...buildpackRoutes,
  ...runsRoutes,
  ...cronRoutes,
  ...tokensRoutes,
];
