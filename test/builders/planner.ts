import type { Desired, DesiredBake, DesiredCommand, DesiredInstance } from "../../core/desired";
import type { Observed, ObservedInstance } from "../../core/observed";

/** Builders with defaults, so that a planner test names only what it is about. */
export const now = 1_000_000;

export function wanted(place: string, specHash = "new"): DesiredInstance {
  const [type = "web", slot = "1"] = place.split(".");
  return { type, slot: Number(slot), specHash };
}

export function desired(places: string[], change: Partial<Desired> = {}): Desired {
  return {
    appId: "shop",
    command: null,
    release: { id: "r2", version: 2, state: "proven", createdAt: now - 1_000 },
    fallbackReleaseId: "r2",
    bake: null,
    instances: places.map((place) => wanted(place)),
    singletons: ["clock"],
    startLimitMs: 60_000,
    drainLimitMs: 30_000,
    streamDrainLimitMs: 300_000,
    ...change,
  };
}

/** A proven r1 while the command of r2 is to run. */
export const commanded = (places: string[], change: Partial<DesiredCommand> = {}): Desired =>
  desired([], {
    command: {
      releaseId: "r2",
      version: 2,
      createdAt: now - 1_000,
      startedAt: null,
      exitCode: null,
      limitMs: 3_600_000,
      ...change,
    },
    release: { id: "r1", version: 1, state: "proven", createdAt: 0 },
    fallbackReleaseId: "r1",
    instances: places.map((place) => wanted(place, "old")),
  });

/** A pending r2 over a proven r1. */
export const pending = (places: string[]): Desired =>
  desired(places, {
    release: { id: "r2", version: 2, state: "pending", createdAt: now - 1_000 },
    fallbackReleaseId: "r1",
  });

/** A proven r2 that took over from r1 two seconds ago and bakes for a minute. */
export const baking = (places: string[], change: Partial<DesiredBake> = {}): Desired =>
  desired(places, {
    bake: {
      releaseId: "r2",
      version: 2,
      oldReleaseId: "r1",
      oldVersion: 1,
      startedAt: now - 2_000,
      endsAt: now + 58_000,
      ...change,
    },
  });

export function instance(place: string, change: Partial<ObservedInstance> = {}): ObservedInstance {
  const specHash = change.specHash ?? "new";
  return {
    ...wanted(place),
    id: `${place}-${specHash}`,
    releaseId: specHash === "old" ? "r1" : "r2",
    specHash,
    state: "running",
    startedAt: now - 5_000,
    readyAt: now - 4_000,
    exitCode: null,
    lost: false,
    unhealthy: null,
    leftRotationAt: null,
    ...change,
  };
}

export const starting = (place: string, change: Partial<ObservedInstance> = {}): ObservedInstance =>
  instance(place, { readyAt: null, ...change });
export const ended = (place: string, change: Partial<ObservedInstance> = {}): ObservedInstance =>
  instance(place, { state: "exited", exitCode: 1, ...change });
/** Ended with its engine. */
export const lost = (place: string, change: Partial<ObservedInstance> = {}): ObservedInstance =>
  ended(place, { exitCode: 255, lost: true, ...change });
export const old = (place: string, change: Partial<ObservedInstance> = {}): ObservedInstance =>
  instance(place, { specHash: "old", ...change });

export const sick = (place: string, change: Partial<ObservedInstance> = {}): ObservedInstance =>
  instance(place, { unhealthy: "failed its liveness check", ...change });

export function observed(instances: ObservedInstance[], change: Partial<Observed> = {}): Observed {
  return {
    now,
    instances,
    commands: [],
    crashes: [],
    table: { mode: null, targets: [], acknowledged: true },
    inFlight: {},
    streams: {},
    bake: null,
    ...change,
  };
}

export const routedTo = (...targets: string[]): Pick<Observed, "table"> => ({
  table: { mode: targets.length > 0 ? "serve" : "none", targets, acknowledged: true },
});
