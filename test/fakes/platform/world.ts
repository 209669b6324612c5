import type { App } from "../../../core/app";
import type { Bake } from "../../../core/bake";
import type { Build } from "../../../core/build";
import type { BuildSettings } from "../../../core/build-settings";
import { type Finding, well } from "../../../core/doctor";
import { defaultDrain } from "../../../core/drain";
import { notFound } from "../../../core/error";
import type { Garbage } from "../../../core/garbage";
import type { HttpState } from "../../../core/http-settings";
import type { Run } from "../../../core/one-off";
import type { Actor } from "../../../core/policy";
import { noCommit } from "../../../core/push";
import type { Receipt } from "../../../core/receipt";
import type { Release } from "../../../core/release";
import { defaultTlsPolicy, type TlsPolicy } from "../../../core/tls-policy";
import type { CronView, InstanceView, MetricsView, RouterView, RunStart } from "../../../core/wire";
import type { Wait } from "../../../server/actions/builds/build-line";
import type { ServedCertificate } from "../../../server/actions/http/certificates";
import type { RunAttachment } from "../../../server/api/platform/runs";
import type { TokenRecord } from "../../../server/store/tokens";
import { attachment } from "./attachment";

/** When everything happens. */
export const at = new Date("2026-11-20T10:00:00.000Z");
export const adminToken = "paas_admin";

/** What is kept of an app. */
export interface Kept {
  app: App;
  config: Record<string, string>;
  releases: Release[];
  builds: Build[];
  domains: string[];
  certificates: ServedCertificate[];
  logs: string[];
  instances: InstanceView[];
  oneOffs: Run[];
  cron: CronView[];
}

/** What certificates are for. */
export interface Held {
  name: string;
  tls: TlsPolicy;
  domains: string[];
  certificates: ServedCertificate[];
}

/** What the nouns of a fake platform share; tests set it up and look into it. */
export class World {
  readonly kept = new Map<string, Kept>();
  readonly actors = new Map<string, Actor>([[adminToken, { name: "admin", admin: true, apps: {} }]]);
  readonly tokens: TokenRecord[] = [];
  readonly http = new Map<string, HttpState>();
  /** Failure of the next releases; null lets them be proven. */
  nextFailure: string | null = null;
  receipts = new Map<number, Receipt>();
  bakes: Bake[] = [];
  notices: string[] = [];
  /** What `ps:wait` waits for. */
  settles = true;

  readonly runs: { start: RunStart; ended: number }[] = [];
  run: (start: RunStart) => RunAttachment = () => attachment({ exitCode: 0 });

  buildSettings: BuildSettings = {};
  buildConfigs = new Map<string, Record<string, string>>();
  sources = new Map<string, { token: string; content: string }>();
  /** Why a queued build waits. */
  wait: Wait | null = null;

  /** What the doctor finds; a fix mends what is fixable. */
  findings: Finding[] = [well("engine", "Docker 20.10.24 (API 1.41) answers, live-restore is on")];
  garbage: Garbage[] = [];
  /** What the router says, look by look; the last one stays. */
  routerViews: RouterView[] = [{ workers: [], reload: null }];
  /** What the router measured, look by look; the last one stays. */
  metrics: MetricsView[] = [{ atMs: 0, apps: {}, series: [], inFlight: [], faults: [] }];

  /** The platform's own certificates. */
  readonly own: Held = {
    name: "the platform",
    tls: defaultTlsPolicy,
    domains: ["paas.localhost"],
    certificates: [],
  };
  /** What stands in the way of automatic certificates. */
  automaticProblem: string | null = null;

  add(name: string, parts: Partial<Kept> = {}): Kept {
    const app: App = {
      id: `id-${name}`,
      name,
      formation: { quantities: {}, limits: {} },
      generation: 0,
      drain: defaultDrain,
      bakeMs: null,
      tls: defaultTlsPolicy,
      generations: {},
      createdAt: at,
    };
    const kept = {
      app,
      config: {},
      releases: [],
      builds: [],
      domains: [],
      certificates: [],
      logs: [],
      instances: [],
      oneOffs: [],
      cron: [],
      ...parts,
    };
    this.kept.set(app.id, kept);
    return kept;
  }

  of(app: App): Kept {
    const kept = this.kept.get(app.id);
    if (!kept) throw notFound(`There is no app ${app.name}.`);
    return kept;
  }

  /** One that went well, as the newest. */
  build(app: App, actor: Actor, parts: Pick<Build, "id" | "ref" | "upload"> & Partial<Build>): Build {
    const build: Build = {
      appId: app.id,
      commit: "2b3c4d5e6f7a",
      oldCommit: noCommit,
      status: "succeeded",
      actor: actor.name,
      failure: null,
      result: null,
      createdAt: at,
      startedAt: at,
      finishedAt: at,
      ...parts,
    };
    this.of(app).builds.unshift(build);
    return build;
  }

  release(kept: Kept, actor: Actor, parts: Partial<Release> = {}): Release {
    const current = kept.releases.find(({ state }) => state !== "failed");
    const release: Release = {
      id: `release-${kept.releases.length + 1}`,
      appId: kept.app.id,
      version: kept.releases.length + 1,
      buildId: null,
      image: null,
      commit: null,
      ref: null,
      processTypes: { web: { command: "node index.js" } },
      healthChecks: {},
      cron: [],
      configNames: Object.keys(kept.config).sort(),
      reason: "deploy",
      description: "Deploy 1a2b3c4",
      actor: actor.name,
      parentVersion: current?.version ?? null,
      createdAt: at,
      state: "pending",
      failure: null,
      stateAt: at,
      command: null,
      commandEndedAt: null,
      ...parts,
    };
    kept.releases.unshift(release);
    return release;
  }
}
