import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../core/app";
import { messageOf } from "../../core/error";
import { limitsFor } from "../../core/formation";
import { placeName } from "../../core/instance";
import { overDiskText } from "../../core/limits";
import { commandPlace } from "../../core/release";
import type { DiskUse, Engine } from "../engines/engine";
import type { AppLogs } from "../logs/app-logs";
import type { OverDisk } from "../store/instances";
import type { Store } from "../store/store";
import type { World } from "./world";

const everyMs = 10_000;
/** It may go on writing as long as this. */
const graceMs = 1_000;
const megabyte = 1024 * 1024;

export interface DiskWatchWorld extends Pick<World, "log" | "now"> {
  store: {
    apps: Pick<Store["apps"], "list">;
    instances: Pick<Store["instances"], "present" | "overDisk">;
    releases: Pick<Store["releases"], "byId">;
    runs: Pick<Store["runs"], "open">;
  };
  engine: Pick<Engine, "diskUse" | "end">;
  logs: Pick<AppLogs, "append">;
}

/**
 * Stops what keeps more on disk than its app's limit allows: overlay file systems cannot be limited, only watched. An instance that was
 * stopped so has crashed: it starts anew, with an empty file system, ever later.
 * INVARIANT: why it is stopped is written down before it is.
 */
export class DiskWatch {
  readonly #world: DiskWatchWorld;
  readonly #closing = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(world: DiskWatchWorld) {
    this.#world = world;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** Looks once at everything that runs. */
  async look(): Promise<void> {
    const apps = new Map((await this.#world.store.apps.list()).map((app) => [app.id, app]));
    for await (const use of this.#world.engine.diskUse()) {
      if (this.#closing.signal.aborted) return;
      const over = overLimit(use, apps.get(use.appId));
      if (over) await this.#stop(use, over).catch((error: unknown) => this.#report(error, use));
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => this.#report(error));
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #stop(use: DiskUse, over: OverDisk): Promise<void> {
    const { logs, engine, now } = this.#world;
    const place = await this.#noted(use, over);
    const text = `Error (Disk quota exceeded): ${overDiskText(over)}\nStopping process with SIGTERM`;
    if (place !== null) await logs.append(use.appId, [{ at: new Date(now()), from: "paas", place, text }]);
    await engine.end(use.id, graceMs);
  }

  /** What people call it; null when its end was noted before, or when it is gone. */
  async #noted({ appId, id, kind }: DiskUse, over: OverDisk): Promise<string | null> {
    const { instances, runs, releases } = this.#world.store;
    if (kind === "run") return (await runs.open(appId)).find((run) => run.id === id)?.name ?? null;
    if (kind === "command") {
      const release = await releases.byId(id);
      return release && commandPlace(release.version);
    }
    const row = (await instances.present(appId)).find((one) => one.id === id);
    return row && (await instances.overDisk(row, over)) ? placeName(row) : null;
  }

  #report(error: unknown, use?: DiskUse): void {
    const whose = use ? { app: use.appId, instance: use.id } : {};
    this.#world.log.warn({ ...whose, err: messageOf(error) }, "disk use could not be watched; trying again");
  }
}

/** Null when it is within its limit, or of no app. */
export function overLimit({ type, bytes }: DiskUse, app: App | undefined): OverDisk | null {
  if (!app) return null;
  const { diskMb } = limitsFor(app.formation, type);
  return bytes > diskMb * megabyte ? { usedMb: Math.ceil(bytes / megabyte), limitMb: diskMb } : null;
}
