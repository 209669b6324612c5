import { appsRoutes } from "./apps";
import { bakeRoutes } from "./bake";
import { buildSettingsRoutes } from "./build-settings";
import { buildpackRoutes } from "./buildpacks";
import { buildsRoutes } from "./builds";
import { certificatesRoutes } from "./certificates";
import { configRoutes } from "./config";
import { cronRoutes } from "./cron";
import { deployImageRoutes } from "./deploy-image";
import { deploySourceRoutes } from "./deploy-source";
import { doctorRoutes } from "./doctor";
import { domainsRoutes } from "./domains";
import { drainRoutes } from "./drain";
import { formationRoutes } from "./formation";
import { garbageRoutes } from "./garbage";
import { httpRoutes } from "./http";
import { logsRoutes } from "./logs";
import type { Platform } from "./platform/platform";
import { promotionsRoutes } from "./promotions";
import { releasesRoutes } from "./releases";
import type { Route } from "./route";
import { routerRoutes } from "./router";
import { runsRoutes } from "./runs";
import { tokensRoutes } from "./tokens";
import { whoamiRoutes } from "./whoami";

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
