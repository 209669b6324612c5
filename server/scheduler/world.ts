import type { Logger } from "../../core/logger";
import type { Engine, Images, Networks } from "../engines/engine";
import type { AppLogs } from "../logs/app-logs";
import type { LogCollector } from "../logs/collector";
import type { Routers } from "../routes/routers";
import type { Store } from "../store/store";
import type { Clock } from "./clock";
import type { DeployRefs } from "./deploy-refs";
import type { OneOffs } from "./one-offs/one-offs";
import type { Routing } from "./routing";

/** The walls the scheduler acts through. */
export interface World {
  store: Store;
  engine: Engine;
  networks: Networks;
  images: Images;
  routers: Routers;
  routing: Routing;
  collector: LogCollector;
  logs: AppLogs;
  refs: DeployRefs;
  oneOffs: OneOffs;
  log: Logger;
  platformId: string;
  /** For how many releases images are kept. */
  keptReleases: number;
  clock: Clock;
  /** Milliseconds since the epoch; the clock's. */
  now(): number;
}
