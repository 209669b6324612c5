import { createHash } from "node:crypto";
import type { App } from "./app";
import { limitsFor, singletonTypes } from "./formation";
import type { Place } from "./instance";
import { type Release, runningTypes } from "./release";

/** One instance that should run. Two instances with the same place and hash are interchangeable. */
export interface DesiredInstance extends Place {
  specHash: string;
}

/** What should run for one app: the newest pending release, else the newest proven one, at the app's formation. */
export interface Desired {
  appId: string;
  release: { id: string; version: number; state: "pending" | "proven"; createdAt: number } | null;
  /** The release that serves while a pending one is brought up; what desired falls back to when it fails. */
  fallbackReleaseId: string | null;
  instances: DesiredInstance[];
  /** Process types of which two instances must never overlap. */
  singletons: string[];
  /** How long an instance may take to become ready. */
  startLimitMs: number;
  /** How long requests in flight may hold back the stop of an instance that left the rotation. */
  drainLimitMs: number;
  /** The same for streams, which routers close at its end. */
  streamDrainLimitMs: number;
}

/** The process type that gets HTTP. */
export const webType = "web";

export const startLimitMs = 60_000;

/** An instance without HTTP is ready when it has run this long. */
export const settleMs = 1_000;

/** Longest time from a release's creation to its proof, whatever fails in between. */
export const releaseLimitMs = 10 * 60_000;

/** `target` is the newest pending release, else the newest proven one; `proven` the newest proven one. */
export function desiredOf(app: App, target: Release | null, proven: Release | null): Desired {
  const wanted = target?.image ? target : null;
  const instances = wanted
    ? runningTypes(wanted.processTypes).flatMap((type) => {
        const specHash = specHashOf(app, wanted.id, type);
        const quantity = app.formation.quantities[type] ?? 0;
        return Array.from({ length: quantity }, (_, index) => ({ type, slot: index + 1, specHash }));
      })
    : [];
  return {
    appId: app.id,
    release: wanted
      ? {
          id: wanted.id,
          version: wanted.version,
          state: wanted.state === "pending" ? "pending" : "proven",
          createdAt: wanted.createdAt.getTime(),
        }
      : null,
    fallbackReleaseId: proven?.id ?? null,
    instances,
    singletons: singletonTypes,
    startLimitMs,
    drainLimitMs: app.drain.requestsMs,
    streamDrainLimitMs: app.drain.streamsMs,
  };
}

/** Releases are immutable, so a release's id stands for its image, config and command. */
export function specHashOf(app: App, releaseId: string, type: string): string {
  const what = JSON.stringify([releaseId, type, app.generation, limitsFor(app.formation, type)]);
  return createHash("sha256").update(what).digest("hex").slice(0, 16);
}
