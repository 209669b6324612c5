import type { App } from "../../core/app";
import { defaultDrain } from "../../core/drain";
import type { Release } from "../../core/release";
import { defaultTlsPolicy } from "../../core/tls-policy";

const at = new Date("2026-11-20T10:00:00.000Z");

/** An app with defaults, so that a test names only what it is about. */
export const app = (change: Partial<App> = {}): App => ({
  id: "shop-id",
  name: "shop",
  formation: { quantities: {}, limits: {} },
  generation: 1,
  generations: {},
  drain: defaultDrain,
  bakeMs: null,
  tls: defaultTlsPolicy,
  createdAt: at,
  ...change,
});

/** A proven release of it. */
export const release = (change: Partial<Release> = {}): Release => ({
  id: "r1",
  appId: "shop-id",
  version: 1,
  buildId: null,
  image: { id: "image", ref: "image:1", madeBy: "dockerfile", port: 5000 },
  commit: null,
  ref: null,
  processTypes: { web: { command: null } },
  healthChecks: {},
  cron: [],
  configNames: [],
  reason: "deploy",
  description: "Deploy 1a2b3c4",
  actor: "admin",
  parentVersion: null,
  createdAt: at,
  state: "proven",
  failure: null,
  stateAt: at,
  command: null,
  commandEndedAt: null,
  ...change,
});
