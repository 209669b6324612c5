import type { BakeOutcome } from "./bake";
import type { BuildSettings } from "./build-settings";
import type { Formation } from "./formation";

/**
 * Durable events, `noun:verb`, written in the transaction of the change they tell. Payloads hold nothing secret.
 * Adding one: a row here, and where people should read it a line in transcript.ts.
 */
export interface EventMap {
  "app:created": { name: string };
  "app:destroyed": { name: string };
  "build:queued": { buildId: string; commit: string; receiveMs?: number };
  "build:started": { buildId: string };
  "build:finished": { buildId: string; status: string; failure: string | null };
  "build-config:changed": { names: string[] };
  "build-settings:changed": BuildSettings;
  "release:created": { version: number; description: string };
  "release:proven": { version: number };
  "release:failed": { version: number; reason: string };
  "command:started": { version: number; command: string | null };
  "command:ended": { version: number; exitCode: number };
  "bake:changed": { windowMs: number | null };
  "bake:started": { version: number; oldVersion: number; windowMs: number };
  "bake:ended": { version: number; outcome: BakeOutcome; words: string | null };
  "drain:changed": { requestsMs: number; streamsMs: number };
  "formation:changed": { quantities: Record<string, number>; limits: Formation["limits"] };
  "app:restarted": { what: string | null };
  "domain:added": { hostname: string };
  "domain:removed": { hostname: string };
  "certificate:added": { certificate: string; hostnames: string[]; own: boolean };
  "certificate:removed": { certificate: string; hostnames: string[] };
  "tls:changed": { redirect: boolean; hsts: string; auto: boolean };
  /** Settings as words, and the names of who may log in. */
  "http:changed": { settings: Record<string, string>; maintenance: boolean; users: string[] };
  "instance:started": { instance: string; instanceId: string; version: number };
  "instance:ready": { instance: string; instanceId: string; version: number; check: string };
  "instance:crashed": { instance: string; instanceId: string; version: number; exitCode: number | null };
  "instance:unhealthy": { instance: string; instanceId: string; version: number; reason: string };
  /** Like Heroku's R14: the kernel ended a program for its memory. */
  "instance:oom": { instance: string; instanceId: string; version: number; limitMb: number };
  /** It kept more on disk than it may, and was stopped for it. */
  "instance:disk": {
    instance: string;
    instanceId: string;
    version: number;
    usedMb: number;
    limitMb: number;
  };
  "instance:stopped": { instance: string; instanceId: string; version: number };
  "routes:published": { version: number; tableVersion: number; targets: string[] };
  "run:started": { run: string; kind: string };
  "run:ended": { run: string; outcome: string; exitCode: number | null };
  "cron:missed": { cron: string; count: number };
  "step:failed": { step: string; reason: string };
}
export type EventName = keyof EventMap;

export interface EventOf<N extends EventName> {
  id: number;
  at: Date;
  appId: string;
  name: N;
  data: EventMap[N];
  actor: string;
}
export type Event = { [N in EventName]: EventOf<N> }[EventName];
