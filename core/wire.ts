import { z } from "zod";
import { buildStatuses } from "./build";
import { cronJobSchema } from "./cron";
import { type DoctorReport, doctorChecks, severities } from "./doctor";

import { runKinds, runOutcomes } from "./one-off";
import { commandStates, releaseReasons } from "./release";
import { switchCountSchema } from "./route";

export { apiPrefix } from "./api-prefix";
export { runChannel } from "./run-frame";
export * from "./wire-release";

/**
 * The HTTP API, mounted at `/v1`. Every request carries `Authorization: Bearer <token>`.
 * Errors: `{code, message, detail?, requestId}` with the catalogue's status.
 *
 *   GET    /whoami                                  -> Whoami
 *   GET    /status                                  -> PlatformStatus
 *   GET    /doctor                                  -> DoctorReport: what is wrong with the platform
 *   POST   /doctor/fix                              -> DoctorReport: mends what is safe to mend, and looks again
 *   GET    /apps                                    -> AppView[]
 *   POST   /apps                    CreateApp       -> AppView (201)
 *   GET    /apps/:app                               -> AppView
 *   DELETE /apps/:app?confirm=<app>                 -> 204
 *   GET    /apps/:app/config                        -> ConfigView (values in clear)
 *   PATCH  /apps/:app/config        ChangeConfig    -> ReleaseView (202, pending)
 *   GET    /apps/:app/releases                      -> ReleaseView[] newest first, ?limit=
 *   GET    /apps/:app/releases/:version             -> ReleaseView
 *   GET    /apps/:app/releases/:version/follow      -> FollowLine NDJSON until the release is proven or failed
 *   GET    /apps/:app/releases/:version/output      -> ReleaseOutputLine NDJSON of its release command; follows one under way
 *   GET    /apps/:app/releases/:version/diff?to=&reveal=  -> ReleaseDiffView; with reveal=1 for who may read the config
 *   POST   /apps/:app/retry         Rollback        -> ReleaseView (202, pending)
 *   GET    /apps/:app/promotion?to=<app>            -> PromotionView
 *   POST   /apps/:app/promote       Promote         -> ReleaseView of the app named in it (202, pending)
 *   POST   /apps/:app/rollback      Rollback        -> ReleaseView (202, pending)
 *   GET    /apps/:app/formation                     -> FormationView
 *   PATCH  /apps/:app/formation     Scale           -> FormationView (202)
 *   GET    /apps/:app/drain                         -> DrainView
 *   PATCH  /apps/:app/drain         ChangeDrain     -> DrainView
 *   POST   /apps/:app/restart       Restart         -> RestartView (202)
 *   POST   /apps/:app/stop          Stop            -> FormationView (202)
 *   GET    /apps/:app/settle?timeout=<s>            -> SettleLine NDJSON until all is as wanted
 *   GET    /apps/:app/limits                        -> LimitsView
 *   PATCH  /apps/:app/limits        LimitWish       -> LimitsView (202)
 *   GET    /apps/:app/instances                     -> InstanceView[]
 *   GET    /apps/:app/logs?n=&tail=&type=&instance=&source=  -> LogStreamLine NDJSON; with tail=1 until the client leaves
 *   GET    /apps/:app/domains                       -> DomainView[]
 *   POST   /apps/:app/domains       AddDomain       -> DomainView (201)
 *   DELETE /apps/:app/domains/:hostname             -> 204
 *   GET    /apps/:app/builds                        -> BuildView[] newest first
 *   GET    /apps/:app/builds/:id                    -> BuildView
 *   GET    /apps/:app/builds/:id/output             -> BuildStreamLine NDJSON; follows a build under way to its end
 *   WS     /apps/:app/run  (upgrade)                -> see RunFrame
 *   GET    /apps/:app/runs?all=&limit=              -> RunView[] newest first: those under way, with all=1 also ended ones
 *   POST   /apps/:app/runs          DetachedRun     -> RunView (201); its output goes to the app's log
 *   DELETE /apps/:app/runs/:name                    -> 204 when it has ended
 *   GET    /apps/:app/cron                          -> CronView[] of the newest proven release
 *   POST   /apps/:app/cron/:number/run              -> RunView (201)
 *   GET    /tokens                                  -> TokenView[]
 *   POST   /tokens                  CreateToken     -> TokenView with `token` (201)
 *   DELETE /tokens/:id                              -> 204
 * and, with a build's own token: GET /internal/builds/:id/source -> application/x-tar
 * Git: /git/<app>.git/... (smart HTTP, Basic auth, the password is an API token).
 * No auth: GET /health -> {ok: true, platform, version}.
 */
const date = z.iso.datetime();

export const whoamiSchema = z.object({
  name: z.string(),
  admin: z.boolean(),
  apps: z.record(z.string(), z.string()),
});
export type Whoami = z.infer<typeof whoamiSchema>;

export const platformStatusSchema = z.object({
  version: z.string(),
  platform: z.string(),
  apps: z.number().int(),
  engine: z.object({ version: z.string(), apiVersion: z.string() }),
  routers: z.array(z.object({ routerId: z.string(), version: z.number().int() })),
  tableVersion: z.number().int(),
});
export type PlatformStatus = z.infer<typeof platformStatusSchema>;

export const doctorReportSchema = z.object({
  findings: z.array(
    z.object({
      check: z.enum(doctorChecks),
      severity: z.enum(severities),
      what: z.string(),
      meaning: z.string().nullable(),
      remedy: z.string().nullable(),
      fixable: z.boolean(),
    }),
  ),
  fixed: z.array(z.string()),
}) satisfies z.ZodType<DoctorReport>;

export const createAppSchema = z.strictObject({ name: z.string() });
export type CreateApp = z.infer<typeof createAppSchema>;

export const appViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Where it answers, e.g. http://shop.localhost:8080 */
  url: z.string(),
  /** e.g. http://127.0.0.1:8081/git/shop.git */
  gitUrl: z.string(),
  createdAt: date,
  currentVersion: z.number().int().nullable(),
});
export type AppView = z.infer<typeof appViewSchema>;

export const configViewSchema = z.record(z.string(), z.string());
export type ConfigView = z.infer<typeof configViewSchema>;

/** In an emergency: the release command is left out, which the ledger shows. */
const noReleasePhase = z.boolean().optional();

/** null unsets. All changes of one call make one release. */
export const changeConfigSchema = z.strictObject({
  changes: z.record(z.string(), z.string().nullable()),
  noReleasePhase,
});
export type ChangeConfig = z.infer<typeof changeConfigSchema>;

const phaseMs = z.number().int().nullable();
/** What a release cost (core/receipt.ts); null: no such phase, or not over yet. */
export const receiptViewSchema = z.object({
  phases: z.object({
    receive: phaseMs,
    build: phaseMs,
    command: phaseMs,
    boot: phaseMs,
    switch: phaseMs,
    drain: phaseMs,
  }),
  /** From the switch to the drain's end; null when no router counted. */
  count: switchCountSchema.omit({ release: true }).nullable(),
  complete: z.boolean(),
});

export const releaseViewSchema = z.object({
  version: z.number().int(),
  description: z.string(),
  reason: z.enum(releaseReasons),
  actor: z.string(),
  commit: z.string().nullable(),
  createdAt: date,
  state: z.enum(["pending", "proven", "failed"]),
  failure: z.string().nullable(),
  /** Whether it is the newest release that did not fail. */
  current: z.boolean(),
  parentVersion: z.number().int().nullable(),
  processTypes: z.record(z.string(), z.object({ command: z.string().nullable() })),
  configNames: z.array(z.string()),
  /** How its release command stands; null when it has none. */
  command: z.enum(commandStates).nullable(),
  /** Of a single release only; null when it never took over. */
  receipt: receiptViewSchema.nullable().optional(),
});
export type ReleaseView = z.infer<typeof releaseViewSchema>;

export const apiErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.unknown().optional(),
  requestId: z.string(),
});
export type ApiError = z.infer<typeof apiErrorSchema>;

/** In every silence of a stream, at least every 20 s. */
const heartbeat = z.object({ heartbeat: z.literal(true) });
/** The last line of a stream that failed on its way. A stream that ends without its closing line was cut off. */
const streamError = z.object({ error: apiErrorSchema });

/** One line of NDJSON: transcript text for people, a heartbeat, or the end. */
export const followLineSchema = z.union([
  z.object({ line: z.string() }),
  heartbeat,
  streamError,
  z.object({ release: releaseViewSchema }),
]);
export type FollowLine = z.infer<typeof followLineSchema>;

/** One line of NDJSON: a log line, a heartbeat, or the end of what was asked for. */
export const logStreamLineSchema = z.union([
  z.object({ line: z.string() }),
  heartbeat,
  streamError,
  z.object({ end: z.literal(true) }),
]);
export type LogStreamLine = z.infer<typeof logStreamLineSchema>;

/** One line of NDJSON: output of a release command, a heartbeat, or the release as it stands after that. */
export const releaseOutputLineSchema = z.union([
  z.object({ text: z.string() }),
  heartbeat,
  streamError,
  z.object({ release: releaseViewSchema }),
]);
export type ReleaseOutputLine = z.infer<typeof releaseOutputLineSchema>;

/** Without a version: the release before the current one. */
export const rollbackSchema = z.strictObject({
  version: z.number().int().min(1).optional(),
  noReleasePhase,
});
export type Rollback = z.infer<typeof rollbackSchema>;

/** `version` is what was looked at before. */
export const promoteSchema = z.strictObject({
  to: z.string(),
  version: z.number().int().min(1),
  noReleasePhase,
});
export type Promote = z.infer<typeof promoteSchema>;

/** Words of ps:scale, e.g. ["web=2", "worker+1"]. */
export const scaleSchema = z.strictObject({ words: z.array(z.string()).min(1) });
export type Scale = z.infer<typeof scaleSchema>;

export const formationViewSchema = z.object({
  quantities: z.record(z.string(), z.number().int()),
  /** Quantities before the change, to say how to undo it. */
  previous: z.record(z.string(), z.number().int()),
});
export type FormationView = z.infer<typeof formationViewSchema>;

/** Durations as people write them, e.g. `30s`; what is absent stays. */
export const changeDrainSchema = z.strictObject({
  requests: z.string().optional(),
  streams: z.string().optional(),
});
export type ChangeDrain = z.infer<typeof changeDrainSchema>;

const drainSchema = z.object({ requestsMs: z.number().int(), streamsMs: z.number().int() });
export const drainViewSchema = drainSchema.extend({
  /** Before the change, to say how to undo it. */
  previous: drainSchema,
});
export type DrainView = z.infer<typeof drainViewSchema>;
/** `web`, `web.1`; without: everything. */
export const restartSchema = z.strictObject({ what: z.string().optional() });
export const restartViewSchema = z.object({ instances: z.array(z.string()) });
export type RestartView = z.infer<typeof restartViewSchema>;

/** A process type; without: all. */
export const stopSchema = z.strictObject({ type: z.string().optional() });

/** Words of resource:limit, e.g. {memory: "512m", cpu: "0.5"}; for one process type (or `run`), or for all. */
export const limitWishSchema = z.strictObject({
  type: z.string().optional(),
  memory: z.string().optional(),
  cpu: z.string().optional(),
  pids: z.string().optional(),
});
export type LimitWish = z.infer<typeof limitWishSchema>;
const limits = z.record(
  z.string(),
  z.object({ memoryMb: z.number().int(), cpus: z.number(), pids: z.number().int() }),
);
export const limitsViewSchema = z.object({
  limits,
  /** Before the change, to say how to undo it. */
  previous: limits,
});
export type LimitsView = z.infer<typeof limitsViewSchema>;

export const instanceViewSchema = z.object({
  /** web.1 */
  name: z.string(),
  type: z.string(),
  slot: z.number().int(),
  command: z.string().nullable(),
  version: z.number().int(),
  state: z.enum(["starting", "up", "idle", "crashed", "down"]),
  since: date,
  /** Of a crashed one. */
  exitCode: z.number().int().nullable(),
  /** Why it is not well: out of memory, a health check that failed. */
  reason: z.string().nullable(),
  /** The last it wrote, of a crashed one. */
  lastLines: z.array(z.string()),
});
export type InstanceView = z.infer<typeof instanceViewSchema>;

/** One line of NDJSON: a heartbeat, or the instances once all is as wanted. */
export const settleLineSchema = z.union([
  heartbeat,
  streamError,
  z.object({ instances: z.array(instanceViewSchema) }),
]);
export type SettleLine = z.infer<typeof settleLineSchema>;

export const addDomainSchema = z.strictObject({ hostname: z.string() });
export type AddDomain = z.infer<typeof addDomainSchema>;
export const domainViewSchema = z.object({ hostname: z.string(), custom: z.boolean(), url: z.string() });
export type DomainView = z.infer<typeof domainViewSchema>;

export const buildViewSchema = z.object({
  id: z.string(),
  commit: z.string(),
  ref: z.string(),
  status: z.enum(buildStatuses),
  actor: z.string(),
  failure: z.string().nullable(),
  createdAt: date,
  startedAt: date.nullable(),
  finishedAt: date.nullable(),
});
export type BuildView = z.infer<typeof buildViewSchema>;

/** One line of NDJSON: a chunk of output (not cut at lines), a heartbeat, or the build as it ended. */
export const buildStreamLineSchema = z.union([
  z.object({ text: z.string() }),
  heartbeat,
  streamError,
  z.object({ build: buildViewSchema }),
]);
export type BuildStreamLine = z.infer<typeof buildStreamLineSchema>;

export const createTokenSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Without: an admin's token. */
  app: z.string().optional(),
  role: z.enum(["viewer", "deployer", "owner"]).optional(),
});
export type CreateToken = z.infer<typeof createTokenSchema>;
export const tokenViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  admin: z.boolean(),
  app: z.string().nullable(),
  role: z.string().nullable(),
  createdAt: date,
  /** Only in the answer that created it. */
  token: z.string().optional(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;

/**
 * `run` over WebSocket. The client's first message is text: RunStart as JSON. Then binary messages, whose first byte is a channel:
 * client 0 = stdin data (empty = end of stdin), 1 = resize (two big-endian uint16: columns, rows), 2 = signal name in ASCII;
 * server 1 = stdout, 2 = stderr, 3 = the end: JSON RunEnd. The server pings at least every 20 s.
 */
export const runStartSchema = z.strictObject({
  words: z.array(z.string()).min(1),
  tty: z.boolean(),
  stdin: z.boolean(),
  env: z.record(z.string(), z.string()),
  columns: z.number().int().min(1).max(1000).optional(),
  rows: z.number().int().min(1).max(1000).optional(),
});
export type RunStart = z.infer<typeof runStartSchema>;
export const detachedRunSchema = z.strictObject({
  words: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()),
});
export type DetachedRun = z.infer<typeof detachedRunSchema>;

export const runViewSchema = z.object({
  /** run.1234 */
  name: z.string(),
  kind: z.enum(runKinds),
  command: z.string(),
  version: z.number().int(),
  actor: z.string(),
  /** The time of the schedule that it stands for; null when somebody asked for it. */
  dueAt: date.nullable(),
  startedAt: date,
  endedAt: date.nullable(),
  exitCode: z.number().int().nullable(),
  outcome: z.enum(runOutcomes).nullable(),
});
export type RunView = z.infer<typeof runViewSchema>;

export const cronViewSchema = cronJobSchema.extend({
  /** cron.1 */
  name: z.string(),
  nextAt: date.nullable(),
});
export type CronView = z.infer<typeof cronViewSchema>;

export const runEndSchema = z.object({ exitCode: z.number().int(), error: z.string().optional() });
export type RunEnd = z.infer<typeof runEndSchema>;
