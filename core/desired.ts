import { createHash } from "node:crypto";
import type { App } from "./app";
import type { Bake } from "./bake";
import { limitsFor, singletonTypes } from "./formation";
import { longestStartMs } from "./healthcheck";
import { type Place, placeName } from "./instance";
import { type Release, runningTypes } from "./release";

/** One instance that should run. Two instances with the same place and hash are interchangeable. */
export interface DesiredInstance extends Place {
  specHash: string;
}

/** The release command that has to succeed before the newest release may start anything. */
export interface DesiredCommand {
  releaseId: string;
  version: number;
  /** Of the release. */
  createdAt: number;
  /** When its container was about to be started; null before. It is started once. */
  startedAt: number | null;
  /** Null until its end was written down. */
  exitCode: number | null;
  limitMs: number;
}

/** The bake of the proven release; times are milliseconds since the epoch. */
export interface DesiredBake {
  releaseId: string;
  version: number;
  oldReleaseId: string;
  oldVersion: number;
  startedAt: number;
  endsAt: number;
}

/**
 * What should run for one app: the newest pending release, else the newest proven one, at the app's formation. While a pending release's
 * command has not succeeded, all stays as if that release were not there.
 */
export interface Desired {
  appId: string;
  command: DesiredCommand | null;
  /** `createdAt`: its creation or the end of its command, from which its limit counts. */
  release: { id: string; version: number; state: "pending" | "proven"; createdAt: number } | null;
  /** The release that serves while a pending one is brought up; what desired falls back to when it fails. */
  fallbackReleaseId: string | null;
  bake: DesiredBake | null;
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

/** The least time to become ready; health checks may ask for more. */
export const startLimitMs = 60_000;

/** An instance without HTTP is ready when it has run this long. */
export const settleMs = 1_000;

/** Longest time of a release command. */
const commandLimitMs = 60 * 60_000;

/** Longest time from a release's creation to its proof, whatever fails in between. */
export const releaseLimitMs = 10 * 60_000;

/** When a command was started and how it ended, as far as the platform knows. */
export interface CommandRecord {
  releaseId: string;
  startedAt: Date | null;
  exitCode: number | null;
}

/** `target` is the newest pending release, else the newest proven one; `proven` the newest proven one, `bake` the one that is open. */
export function desiredOf(
  app: App,
  target: Release | null,
  proven: Release | null,
  records: CommandRecord[] = [],
  bake: Bake | null = null,
): Desired {
  const command = desiredCommand(target, records);
  const candidate = command ? proven : target;
  const wanted = candidate?.image ? candidate : null;
  const instances = wanted
    ? runningTypes(wanted.processTypes).flatMap((type) => {
        const quantity = app.formation.quantities[type] ?? 0;
        return Array.from({ length: quantity }, (_, index) => {
          const place = { type, slot: index + 1 };
          return { ...place, specHash: specHashOf(app, wanted.id, place) };
        });
      })
    : [];
  return {
    appId: app.id,
    command,
    release: wanted
      ? {
          id: wanted.id,
          version: wanted.version,
          state: wanted.state === "pending" ? "pending" : "proven",
          createdAt: (wanted.commandEndedAt ?? wanted.createdAt).getTime(),
        }
      : null,
    fallbackReleaseId: proven?.id ?? null,
    bake: bake && bake.releaseId === proven?.id ? desiredBake(bake) : null,
    instances,
    singletons: singletonTypes,
    startLimitMs: Math.min(
      releaseLimitMs,
      Math.max(startLimitMs, longestStartMs(target?.healthChecks ?? {})),
    ),
    drainLimitMs: app.drain.requestsMs,
    streamDrainLimitMs: app.drain.streamsMs,
  };
}

const desiredBake = (bake: Bake): DesiredBake => ({
  releaseId: bake.releaseId,
  version: bake.version,
  oldReleaseId: bake.oldReleaseId,
  oldVersion: bake.oldVersion,
  startedAt: bake.startedAt.getTime(),
  endsAt: bake.endsAt.getTime(),
});

function desiredCommand(target: Release | null, records: CommandRecord[]): DesiredCommand | null {
  if (target?.state !== "pending" || target.command === null) return null;
  if (target.command === "succeeded" || target.command === "skipped") return null;
  const record = records.find(({ releaseId }) => releaseId === target.id);
  return {
    releaseId: target.id,
    version: target.version,
    createdAt: target.createdAt.getTime(),
    startedAt: record?.startedAt?.getTime() ?? null,
    exitCode: record?.exitCode ?? null,
    limitMs: commandLimitMs,
  };
}

/**
 * Releases are immutable, so a release's id stands for its image, config and command. The limit of the disk is left out: it is only watched, so a
 * new one holds for what runs.
 */
export function specHashOf(app: App, releaseId: string, place: Place): string {
  const { memoryMb, cpus, pids } = limitsFor(app.formation, place.type);
  const what = [releaseId, place.type, generationsOf(app, place), memoryMb, cpus, pids];
  return createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 16);
}

/** How often the app, the type and the place itself were restarted. */
const generationsOf = ({ generation, generations }: App, place: Place): number[] => [
  generation,
  generations[place.type] ?? 0,
  generations[placeName(place)] ?? 0,
];

/** The one number of them that people and labels see. */
export const generationOf = (app: App, place: Place): number =>
  generationsOf(app, place).reduce((sum, one) => sum + one, 0);
