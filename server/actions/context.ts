import type { Keys } from "../../core/keys";
import type { Logger } from "../../core/logger";
import type { Settings } from "../../core/settings";
import type { Renewals } from "../acme/renewals";
import type { BuildCache, Engine, Images, Networks } from "../engines/engine";
import type { AppLogs } from "../logs/app-logs";
import type { BuildQueue } from "../queue/build-queue";
import type { Repositories } from "../repositories/repositories";
import type { RouterAdmin } from "../routes/router-admin";
import type { Routers } from "../routes/routers";
import type { TablePublisher } from "../routes/table-publisher";
import type { Clock } from "../scheduler/clock";
import type { DeployRefs } from "../scheduler/deploy-refs";
import type { OneOffs } from "../scheduler/one-offs/one-offs";
import type { Routing } from "../scheduler/routing";
import type { Scheduler } from "../scheduler/scheduler";
import type { Store } from "../store/store";
import type { Deploys } from "./deploys/deploys";

/** All that actions act through, made once in main.ts. */
export interface Context {
  settings: Settings;
  platformId: string;
  version: string;
  keys: Keys;
  log: Logger;
  store: Store;
  queue: BuildQueue;
  engine: Engine;
  networks: Networks;
  images: Images;
  buildCache: BuildCache;
  publisher: TablePublisher;
  routers: Routers;
  routerAdmin: RouterAdmin;
  routing: Routing;
  logs: AppLogs;
  repositories: Repositories;
  refs: DeployRefs;
  scheduler: Scheduler;
  renewals: Renewals;
  oneOffs: OneOffs;
  clock: Clock;
  deploys: Deploys;
}
