import type { Settings } from "../../../core/settings";
import type { BuildCache, Engine, Images } from "../../engines/engine";
import type { BuildQueue } from "../../queue/build-queue";
import type { Store } from "../../store/store";
import type { Deploys } from "../deploys/deploys";

/** What of the platform a collection needs. */
export interface GarbageRoom {
  store: Pick<Store, "apps" | "builds" | "releases">;
  images: Pick<Images, "inventory" | "describe" | "remove">;
  buildCache: BuildCache;
  engine: Pick<Engine, "info">;
  deploys: Pick<Deploys, "outputFile">;
  settings: Pick<Settings, "keptReleases" | "buildCacheMb" | "diskFloorMb">;
  queue: Pick<BuildQueue, "pulledImages" | "forgetPulledImage">;
}
