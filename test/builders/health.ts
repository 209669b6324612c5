import type { HealthCheck, HealthChecks } from "../../core/healthcheck";
import type { EngineInstance } from "../../core/instance";
import type { Step } from "../../core/step";
import type { InstanceRow } from "../../server/store/instances";
import { at } from "../fakes/health-world";

export const instance = (over: Partial<EngineInstance> = {}): EngineInstance => ({
  id: "i1",
  appId: "shop",
  type: "web",
  slot: 1,
  releaseId: "r1",
  version: 1,
  generation: 1,
  specHash: "h",
  address: "10.0.0.2",
  port: 5000,
  state: "running",
  startedAt: at,
  exitCode: null,
  oom: null,
  finishedAt: null,
  lost: false,
  ...over,
});

export const row = (over: Partial<InstanceRow> = {}): InstanceRow => ({
  id: "i1",
  appId: "shop",
  type: "web",
  slot: 1,
  releaseId: "r1",
  version: 1,
  specHash: "h",
  address: "10.0.0.2",
  createdAt: at,
  readyAt: null,
  leftRotationAt: null,
  endingAt: null,
  crashedAt: null,
  exitCode: null,
  unhealthy: null,
  oom: null,
  overDisk: null,
  lastLines: [],
  ...over,
});

export const check = (over: Partial<HealthCheck> = {}): HealthCheck => ({
  type: "startup",
  name: null,
  probe: { kind: "http", path: "/up", port: null, headers: {}, statuses: null, content: null },
  attempts: 3,
  timeoutMs: 1_000,
  waitMs: 1,
  initialDelayMs: 0,
  ...over,
});

/** What the scheduler has seen of an app whose instances have these checks. */
export const seen = (checks: HealthCheck[] = [], one = instance(), its = row()) => ({
  app: { id: "shop" },
  protocol: "http1" as const,
  containers: [one],
  rows: new Map([[its.id, its]]),
  healthChecks: new Map<string, HealthChecks>([["r1", { [one.type]: checks }]]),
});

/** A plan that waits for the instance. */
export const waiting: Step[] = [{ kind: "wait", instanceIds: ["i1"], until: at.getTime() + 60_000 }];

export const living = (over: Partial<HealthCheck> = {}) => check({ type: "liveness", ...over });
export const readyRow = row({ readyAt: at });
