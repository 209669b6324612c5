import type { Logger } from "../../core/logger";
import type { Engine, Networks } from "../engines/engine";
import type { AppLogs } from "../logs/app-logs";
import type { LogCollector } from "../logs/collector";
import type { RoutePublisher } from "../routes/publisher";
import type { Store } from "../store/store";
import type { DeployRefs } from "./deploy-refs";
import type { Routing } from "./routing";

/** The walls the scheduler acts through. */
export interface World {
  store: Store;
  engine: Engine;
  networks: Networks;
  publisher: RoutePublisher;
  routing: Routing;
  collector: LogCollector;
  logs: AppLogs;
  refs: DeployRefs;
  log: Logger;
  /** Milliseconds since the epoch. */
  now(): number;
}
