import { PassThrough, Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { type App, checkAppName } from "../../core/app";
import { type Bake, parseBakeWindow } from "../../core/bake";
import type { Build } from "../../core/build";
import { type BuildSettings, changeBuildSettings } from "../../core/build-settings";
import { type BuildpackWish, changeBuildpacks } from "../../core/buildpack-list";
import { type DoctorReport, type Finding, well } from "../../core/doctor";
import { applyDrain, type DrainWords, defaultDrain } from "../../core/drain";
import { changeConfig, Sensitive } from "../../core/env";
import { conflict, invalid, notFound, PaasError } from "../../core/error";
import { applyScale, type Limits, limitsFor } from "../../core/formation";
import type { Garbage } from "../../core/garbage";
import { changeHttpSettings, defaultHttpState, type HttpState } from "../../core/http-settings";
import { changeLimits, parseLimits } from "../../core/limits";
import type { Run } from "../../core/one-off";
import type { Actor } from "../../core/policy";
import { noCommit, uploadRef } from "../../core/push";
import type { Receipt } from "../../core/receipt";
import type { Release } from "../../core/release";
import { changes, diffReleases, masked, type ReleaseDiff } from "../../core/release-diff";
import { restarted } from "../../core/restart";
import { shellLine } from "../../core/shell-word";
import { applyTlsWords, defaultTlsPolicy, type TlsPolicy, type TlsWords } from "../../core/tls-policy";
import type {
  AddCertificate,
  CronView,
  DetachedRun,
  GarbageReport,
  InstanceView,
  LimitWish,
  MetricsView,
  RouterView,
  RunStart,
} from "../../core/wire";
import type {
  Automatic,
  BakeChange,
  DrainChange,
  Holder,
  HttpChange,
  LogWish,
  Platform,
  Quantities,
  ReleaseWish,
  RunAttachment,
  ServedCertificate,
  TokenRecord,
  TokenWish,
  Upload,
  Wait,
} from "../../server/api/platform";

const at = new Date("2026-11-20T10:00:00.000Z");
export const adminToken = "paas_admin";

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
interface Held {
  name: string;
  tls: TlsPolicy;
  domains: string[];
  certificates: ServedCertificate[];
}

/** A platform in memory: the API's own interface, with the domain rules of core. */
export class FakePlatform implements Platform {
  readonly id = "testpaas";
  readonly version = "0.0.0";
  readonly kept = new Map<string, Kept>();
  readonly actors = new Map<string, Actor>([[adminToken, { name: "admin", admin: true, apps: {} }]]);
  readonly tokens: TokenRecord[] = [];
  readonly runs: { start: RunStart; ended: number }[] = [];
  /** Failure of the next releases; null lets them be proven. */
  nextFailure: string | null = null;
  run: (start: RunStart) => RunAttachment = () => attachment({ exitCode: 0 });
  sources = new Map<string, { token: string; content: string }>();

  urlsOf = async (hosts: readonly { hostname: string }[]): Promise<string[]> =>
    hosts.map(({ hostname }) => `http://${hostname}:8080`);
  hostnameOf = (app: App): string => `${app.name}.localhost`;
  gitUrlOf = (app: App): string => `http://127.0.0.1:8081/git/${app.name}.git`;

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

  authenticate = async (token: string): Promise<Actor | null> => this.actors.get(token) ?? null;
  status: Platform["status"] = async () => ({
    version: this.version,
    platform: this.id,
    apps: this.kept.size,
    engine: { version: "20.10.24", apiVersion: "1.41" },
    routers: [{ routerId: "r1", version: 7 }],
    tableVersion: 7,
  });

  /** What the doctor finds; a fix mends what is fixable. */
  findings: Finding[] = [well("engine", "Docker 20.10.24 (API 1.41) answers, live-restore is on")];
  examine = async (): Promise<DoctorReport> => ({ findings: this.findings, fixed: [] });
  async fix(_actor: Actor): Promise<DoctorReport> {
    const fixed = this.findings.filter(({ fixable }) => fixable).map(({ what }) => `mended: ${what}`);
    this.findings = this.findings.filter(({ fixable }) => !fixable);
    return { findings: this.findings, fixed };
  }

  garbage: Garbage[] = [];
  collectGarbage = async (dryRun: boolean): Promise<GarbageReport> => {
    const items = this.garbage;
    if (!dryRun) this.garbage = [];
    return { dryRun, items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
  };

  /** What the router says, look by look; the last one stays. */
  routerViews: RouterView[] = [{ workers: [], reload: null }];
  readRouter = async (): Promise<RouterView> => {
    const [view] = this.routerViews.length > 1 ? this.routerViews.splice(0, 1) : this.routerViews;
    if (!view) throw new Error("a router without a view");
    return view;
  };
  /** What the router measured, look by look; the last one stays. */
  metrics: MetricsView[] = [{ atMs: 0, apps: {}, series: [], inFlight: [], faults: [] }];
  readMetrics = async (): Promise<MetricsView> => {
    const [view] = this.metrics.length > 1 ? this.metrics.splice(0, 1) : this.metrics;
    if (!view) throw new Error("a router that measured nothing");
    return view;
  };
  metricsText = async (): Promise<string> => "# HELP paas_requests_total Requests to apps.\n";
  reloadRouter = (): Promise<RouterView> => this.readRouter();

  listApps = async (): Promise<App[]> => [...this.kept.values()].map(({ app }) => app);
  findApp = async (name: string): Promise<App | null> =>
    [...this.kept.values()].find(({ app }) => app.name === name)?.app ?? null;
  async createApp(_actor: Actor, name: string): Promise<App> {
    checkAppName(name);
    if (await this.findApp(name)) throw conflict(`There is an app ${name} already.`);
    return this.add(name).app;
  }
  async destroyApp(_actor: Actor, app: App): Promise<void> {
    this.kept.delete(app.id);
  }

  readConfig = async (app: App) => new Sensitive({ ...this.of(app).config });
  async setConfig(
    actor: Actor,
    app: App,
    changes: Record<string, string | null>,
    { noReleasePhase }: ReleaseWish,
  ): Promise<Release> {
    const kept = this.of(app);
    const next = changeConfig(new Sensitive(kept.config), changes).reveal();
    if (this.nextFailure === null) kept.config = next;
    return this.release(kept, actor, {
      reason: "config",
      description: `Set ${Object.keys(changes).join(", ")} config vars`,
      command: noReleasePhase ? "skipped" : null,
    });
  }

  buildSettings: BuildSettings = {};
  readBuildSettings = async (): Promise<BuildSettings> => this.buildSettings;
  async setBuildSettings(_actor: Actor, _app: App, wishes: BuildSettings) {
    const previous = this.buildSettings;
    this.buildSettings = changeBuildSettings(previous, wishes);
    return { settings: this.buildSettings, previous };
  }
  async setBuildpacks(_actor: Actor, _app: App, wish: BuildpackWish) {
    const { buildpacks: previous = [] } = this.buildSettings;
    const buildpacks = changeBuildpacks(previous, wish);
    this.buildSettings = { ...this.buildSettings, buildpacks };
    return { buildpacks, previous };
  }
  buildConfigs = new Map<string, Record<string, string>>();
  readBuildConfig = async (app: App) => new Sensitive(this.buildConfigs.get(app.id) ?? {});
  async setBuildConfig(_actor: Actor, app: App, changes: Record<string, string | null>) {
    const next = changeConfig(await this.readBuildConfig(app), changes);
    this.buildConfigs.set(app.id, next.reveal());
    return next;
  }
  openBuildConfig = async (): Promise<null> => null;

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

  listReleases = async (app: App, limit: number): Promise<Release[]> => this.of(app).releases.slice(0, limit);
  findRelease = async (app: App, version: number): Promise<Release | null> =>
    this.of(app).releases.find((release) => release.version === version) ?? null;
  currentReleases = async (apps: readonly App[]): Promise<Release[]> =>
    (await Promise.all(apps.map(this.currentRelease))).filter((release) => release !== null);

  currentRelease = async (app: App): Promise<Release | null> =>
    this.of(app).releases.find(({ state }) => state !== "failed") ?? null;
  receipts = new Map<number, Receipt>();
  receiptOf = async (release: Release): Promise<Receipt | null> => this.receipts.get(release.version) ?? null;
  async rollback(actor: Actor, app: App, version: number | undefined): Promise<Release> {
    const kept = this.of(app);
    const to = version ?? kept.releases.filter(({ state }) => state === "proven")[1]?.version;
    if (to === undefined || !(await this.findRelease(app, to)))
      throw notFound(`${app.name} has no release to roll back to.`);
    return this.release(kept, actor, { reason: "rollback", description: `Rollback to v${to}` });
  }
  async retry(actor: Actor, app: App, version: number | undefined): Promise<Release> {
    const kept = this.of(app);
    const failed = version === undefined ? kept.releases[0] : await this.findRelease(app, version);
    if (failed?.state !== "failed") throw conflict(`v${failed?.version} did not fail.`);
    return this.release(kept, actor, { description: `Retry of v${failed.version}: ${failed.description}` });
  }
  async deployImage(actor: Actor, app: App, ref: string): Promise<Release> {
    return this.release(this.of(app), actor, { description: `Deploy image ${ref}` });
  }
  async receiveUpload(actor: Actor, app: App, { name, body }: Upload): Promise<Build> {
    for await (const _ of body);
    const build: Build = {
      id: "b2",
      appId: app.id,
      commit: "2b3c4d5e6f7a",
      ref: uploadRef,
      oldCommit: noCommit,
      upload: name,
      status: "succeeded",
      actor: actor.name,
      failure: null,
      result: null,
      createdAt: at,
      startedAt: at,
      finishedAt: at,
    };
    this.of(app).builds.unshift(build);
    return build;
  }
  async diffReleases(from: Release, to: Release): Promise<ReleaseDiff> {
    return diffReleases(
      { ...from, config: { OLD: "before", SAME: "1", A: "secret" } },
      { ...to, config: { A: "changed", NEW: "after", SAME: "1" } },
    );
  }
  async promotionOf(from: App, to: App, compareValues: boolean) {
    const release = this.of(from).releases.find(({ state }) => state === "proven");
    if (!release) throw notFound(`${from.name} runs nothing to promote yet: deploy it first.`);
    const found = changes(this.of(from).config, this.of(to).config);
    const config = masked(
      compareValues ? found : found.filter((one) => one.from === null || one.to === null),
    );
    return { release, config };
  }
  async promote(actor: Actor, from: App, to: App, version: number): Promise<Release> {
    const description = `Promote ${from.name} v${version}`;
    return this.release(this.of(to), actor, { reason: "promote", description });
  }
  async *followRelease(app: App, version: number, _signal: AbortSignal): AsyncIterable<string> {
    const release = await this.findRelease(app, version);
    yield "-----> Starting web.1";
    await turn();
    if (release)
      Object.assign(release, {
        state: this.nextFailure === null ? "proven" : "failed",
        failure: this.nextFailure,
      });
  }

  async *followCommand(_app: App, release: Release): AsyncIterable<string> {
    if (release.command === "succeeded" || release.command === "failed") yield "migrating\ndone\n";
  }

  async scale(_actor: Actor, app: App, words: string[]): Promise<Quantities> {
    const previous = app.formation.quantities;
    app.formation = { ...app.formation, quantities: applyScale(previous, words, Object.keys(previous)) };
    return { quantities: app.formation.quantities, previous };
  }
  async setDrain(_actor: Actor, app: App, words: DrainWords): Promise<DrainChange> {
    const previous = app.drain;
    app.drain = applyDrain(previous, words);
    return { drain: app.drain, previous };
  }
  bakes: Bake[] = [];
  notices: string[] = [];
  async setBake(_actor: Actor, app: App, word: string): Promise<BakeChange> {
    const previous = app.bakeMs;
    app.bakeMs = parseBakeWindow(word);
    return { windowMs: app.bakeMs, previous };
  }
  listBakes = async (app: App): Promise<Bake[]> => this.bakes.filter(({ appId }) => appId === app.id);
  bakeOf = async ({ id }: Release): Promise<Bake | null> =>
    this.bakes.find(({ releaseId }) => releaseId === id) ?? null;
  noticeOf = async (): Promise<string | null> => this.notices.shift() ?? null;
  async restart(_actor: Actor, app: App, what: string | undefined): Promise<string[]> {
    return restarted(app, await this.currentRelease(app), what);
  }
  async stop(_actor: Actor, app: App, type: string | undefined): Promise<Quantities> {
    const previous = app.formation.quantities;
    const types = Object.keys(previous).filter((one) => type === undefined || type === one);
    const quantities = { ...previous, ...Object.fromEntries(types.map((one) => [one, 0])) };
    app.formation = { ...app.formation, quantities };
    return { quantities, previous };
  }
  /** What `ps:wait` waits for. */
  settles = true;
  async settle(app: App): Promise<void> {
    if (!this.settles) throw new PaasError("timeout", `${app.name} is not as wanted after 5 s.`);
  }
  readLimits = async (app: App): Promise<Record<string, Limits>> => limitsOf(app);
  async limit(
    _actor: Actor,
    app: App,
    { type, ...words }: LimitWish,
  ): Promise<{ limits: Record<string, Limits>; previous: Record<string, Limits> }> {
    const previous = limitsOf(app);
    app.formation = changeLimits(app.formation, parseLimits(words), type);
    return { limits: limitsOf(app), previous };
  }
  listInstances = async (app: App): Promise<InstanceView[]> => this.of(app).instances;
  async *readLogs(app: App, wish: LogWish, signal: AbortSignal): AsyncIterable<string> {
    yield* this.of(app).logs.slice(-wish.lines);
    if (wish.tail && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }

  listDomains = async (app: App): Promise<string[]> => this.of(app).domains;
  async addDomain(_actor: Actor, app: App, hostname: string): Promise<string> {
    this.of(app).domains.push(hostname);
    return hostname;
  }
  async removeDomain(_actor: Actor, app: App, hostname: string): Promise<void> {
    const kept = this.of(app);
    if (!kept.domains.includes(hostname)) throw notFound(`${hostname} is no domain of ${app.name}.`);
    kept.domains = kept.domains.filter((one) => one !== hostname);
  }

  readonly own: Held = {
    name: "the platform",
    tls: defaultTlsPolicy,
    domains: ["paas.localhost"],
    certificates: [],
  };
  certificateHolder = async (): Promise<Holder> => ({ app: null, tls: this.own.tls });
  #held({ app }: Holder): Held {
    if (app === null) return this.own;
    const kept = this.of(app);
    return Object.assign(kept, { name: app.name, tls: app.tls });
  }
  listCertificates = async (holder: Holder): Promise<ServedCertificate[]> => this.#held(holder).certificates;
  async addCertificate(_actor: Actor, holder: Holder, { chain }: AddCertificate): Promise<ServedCertificate> {
    if (!chain.includes("BEGIN CERTIFICATE")) throw invalid("There is no certificate: send PEM.");
    const added: ServedCertificate = {
      id: "c3rt1f1c",
      appId: holder.app?.id ?? null,
      own: true,
      hostnames: ["www.example.com", "example.com"],
      serves: ["www.example.com"],
      issuer: "Example Trust, R1",
      notBefore: at,
      notAfter: new Date("2027-01-19T10:00:00.000Z"),
      fingerprint: "ab".repeat(32),
      keyType: "RSA 2048",
      trusted: false,
      createdAt: at,
    };
    this.#held(holder).certificates.push(added);
    return added;
  }
  async removeCertificate(_actor: Actor, holder: Holder, id: string): Promise<void> {
    const held = this.#held(holder);
    if (!held.certificates.some((one) => one.id === id))
      throw notFound(`${held.name} has no certificate ${JSON.stringify(id)}: see paas certs.`);
    held.certificates = held.certificates.filter((one) => one.id !== id);
  }
  /** What stands in the way of automatic certificates. */
  automaticProblem: string | null = null;
  async readAutomatic(holder: Holder): Promise<Automatic> {
    const { tls, domains } = this.#held(holder);
    const names = domains.filter((hostname) => tls.auto && !hostname.startsWith("*."));
    return {
      on: tls.auto,
      orders: names.map((hostname) => ({
        hostname,
        challenge: "http-01" as const,
        appId: holder.app?.id ?? null,
        url: null,
        failures: this.automaticProblem === null ? 0 : 2,
        problem: this.automaticProblem,
        triedAt: at,
        nextAt: new Date("2026-11-20T12:00:00.000Z"),
      })),
      wildcards: domains.filter((hostname) => hostname.startsWith("*.")),
    };
  }
  async setAutomatic(_actor: Actor, holder: Holder, on: boolean): Promise<Automatic> {
    this.#setTls(holder, { ...this.#held(holder).tls, auto: on });
    return this.readAutomatic(holder);
  }
  async setTlsPolicy(_actor: Actor, holder: Holder, words: TlsWords) {
    const previous = this.#held(holder).tls;
    const tls = applyTlsWords(previous, words);
    this.#setTls(holder, tls);
    return { tls, previous };
  }
  #setTls({ app }: Holder, tls: TlsPolicy): void {
    (app ?? this.own).tls = tls;
  }

  readonly http = new Map<string, HttpState>();
  readHttp = async (app: App): Promise<HttpState> => this.http.get(app.id) ?? defaultHttpState;
  listPages: Platform["listPages"] = async () => [];
  setHttp = async (_actor: Actor, app: App, changes: Readonly<Record<string, string | null>>) =>
    this.#changeHttp(app, (state) => ({ ...state, settings: changeHttpSettings(state.settings, changes) }));
  setMaintenance = async (_actor: Actor, app: App, on: boolean) =>
    this.#changeHttp(app, (state) => ({ ...state, maintenance: on }));
  setHttpUser = async (_actor: Actor, app: App, wish: { name: string; password: string | null }) =>
    this.#changeHttp(app, (state) => {
      const { [wish.name]: _, ...users } = state.users;
      return { ...state, users: wish.password === null ? users : { ...users, [wish.name]: "hash" } };
    });
  async #changeHttp(app: App, change: (state: HttpState) => HttpState): Promise<HttpChange> {
    const previous = await this.readHttp(app);
    const state = change(previous);
    this.http.set(app.id, state);
    return { state, previous };
  }

  listBuilds = async (app: App, limit: number): Promise<Build[]> => this.of(app).builds.slice(0, limit);
  findBuild = async (app: App, id: string): Promise<Build | null> =>
    this.of(app).builds.find((build) => build.id === id) ?? null;
  async *followBuild(): AsyncIterable<string> {
    yield "-----> Building\n       one ";
    yield "two\n";
  }
  wait: Wait | null = null;
  waitOf = (build: Build): Wait | null => (build.status === "queued" ? this.wait : null);
  releaseOf = async (build: Build): Promise<Release | null> =>
    [...this.kept.values()].flatMap(({ releases }) => releases).find(({ buildId }) => buildId === build.id) ??
    null;
  async *attachBuild(): AsyncIterable<string> {
    yield* this.followBuild();
    yield "-----> Releasing v1\n";
  }
  async cancelBuild(actor: Actor, app: App, build: Build): Promise<Build> {
    if (build.finishedAt) throw conflict(`Build ${build.id} of ${app.name} has ended.`);
    return Object.assign(build, {
      status: "cancelled",
      failure: `cancelled by ${actor.name}`,
      finishedAt: at,
    });
  }
  async openSource(buildId: string, token: string): Promise<Readable | null> {
    const source = this.sources.get(buildId);
    return source && source.token === token ? Readable.from([source.content]) : null;
  }

  openRuns = async (app: App): Promise<Run[]> => this.of(app).oneOffs.filter(({ endedAt }) => !endedAt);
  listRuns = async (app: App, limit: number): Promise<Run[]> => this.of(app).oneOffs.slice(0, limit);
  async runDetached(actor: Actor, app: App, { words }: DetachedRun): Promise<Run> {
    const run = oneOff({ appId: app.id, command: shellLine(words), actor: actor.name });
    this.of(app).oneOffs.unshift(run);
    return run;
  }
  async stopRun(app: App, name: string): Promise<void> {
    const run = (await this.openRuns(app)).find((one) => one.name === name);
    if (!run) throw notFound(`No one-off "${name}" of ${app.name} runs: see paas run:list.`);
    Object.assign(run, { endedAt: at, outcome: "stopped", exitCode: 143 });
  }

  listCron = async (app: App): Promise<CronView[]> => this.of(app).cron;
  async runCron(actor: Actor, app: App, number: number): Promise<Run> {
    const job = this.of(app).cron[number - 1];
    if (!job) throw notFound(`${app.name} has no scheduled command ${number}: see paas cron -a ${app.name}.`);
    return oneOff({ appId: app.id, name: job.name, kind: "cron", command: job.command, actor: actor.name });
  }

  async runOnce(_actor: Actor, _app: App, start: RunStart): Promise<RunAttachment> {
    const run = { start, ended: 0 };
    this.runs.push(run);
    const made = this.run(start);
    return {
      ...made,
      end: async () => {
        run.ended += 1;
        await made.end();
      },
    };
  }

  listTokens = async (): Promise<TokenRecord[]> => this.tokens;
  async createToken(_actor: Actor, wish: TokenWish): Promise<{ token: string; record: TokenRecord }> {
    const admin = wish.appId === undefined;
    const appName = this.kept.get(wish.appId ?? "")?.app.name ?? null;
    const id = `t${this.tokens.length + 1}`;
    const record = {
      id,
      name: wish.name,
      admin,
      appId: wish.appId ?? null,
      appName,
      role: wish.role ?? null,
      createdAt: at,
    };
    this.tokens.push(record);
    const apps = wish.appId && wish.role ? { [wish.appId]: wish.role } : {};
    this.actors.set(`paas_${id}`, { name: wish.name, admin, apps });
    return { token: `paas_${id}`, record };
  }
  async revokeToken(_actor: Actor, id: string): Promise<void> {
    const index = this.tokens.findIndex((token) => token.id === id);
    if (index < 0) throw notFound(`There is no token ${id}: paas tokens lists them.`);
    this.tokens.splice(index, 1);
  }
}

const limitsOf = ({ formation }: App): Record<string, Limits> =>
  Object.fromEntries(
    [...Object.keys(formation.quantities), "run"].map((type) => [type, limitsFor(formation, type)]),
  );

export const oneOff = (parts: Partial<Run> = {}): Run => ({
  id: "r1",
  appId: "id-shop",
  name: "run.1234",
  kind: "detached",
  command: "rake import",
  version: 2,
  actor: "admin",
  dueAt: null,
  startedAt: at,
  endedAt: null,
  exitCode: null,
  outcome: null,
  ...parts,
});

/** A one-off that echoes its input to stdout, says `oops` on stderr when wanted, and ends when its input does. */
export function attachment(parts: {
  exitCode: number;
  stderr?: string;
  endless?: boolean;
  echo?: boolean;
}): RunAttachment {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = Readable.from(parts.stderr === undefined ? [] : [Buffer.from(parts.stderr)]);
  const signals: string[] = [];
  const { promise: exited, resolve } = withResolvers<number>();
  if (parts.echo) {
    stdin.pipe(stdout);
    stdout.on("end", () => resolve(parts.exitCode));
  } else if (!parts.endless) {
    stdout.end();
    resolve(parts.exitCode);
  }
  return {
    stdin,
    stdout,
    stderr,
    resize: async () => undefined,
    async signal(name) {
      signals.push(name);
      stdout.end(`got ${name}\n`);
      resolve(128 + 15);
    },
    exited,
    end: async () => undefined,
  };
}

function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
