import type { Readable, Writable } from "node:stream";
import type { App } from "../../core/app";
import type { Bake } from "../../core/bake";
import type { Build } from "../../core/build";
import type { BuildSettings } from "../../core/build-settings";
import type { BuildpackWish } from "../../core/buildpack-list";
import type { DoctorReport } from "../../core/doctor";
import type { DrainPolicy, DrainWords } from "../../core/drain";
import type { Config } from "../../core/env";
import type { Limits } from "../../core/formation";
import type { HttpState } from "../../core/http-settings";
import type { LogFilter } from "../../core/log-line";
import type { Run } from "../../core/one-off";
import type { Actor } from "../../core/policy";
import type { Receipt } from "../../core/receipt";
import type { Release } from "../../core/release";
import type { Change, ReleaseDiff } from "../../core/release-diff";
import type { TlsPolicy, TlsWords } from "../../core/tls-policy";
import type {
  AddCertificate,
  CronView,
  DetachedRun,
  GarbageReport,
  InstanceView,
  LimitWish,
  MetricsView,
  PlatformStatus,
  RouterView,
  RunStart,
} from "../../core/wire";
import type { TokenWish } from "../actions/access/tokens";
import type { Wait } from "../actions/builds/build-line";
import type { Upload } from "../actions/builds/receive-upload";
import type { Automatic } from "../actions/http/automatic-certificates";
import type { Holder } from "../actions/http/certificate-holder";
import type { ServedCertificate } from "../actions/http/certificates";
import type { HttpChange } from "../actions/http/http";
import type { StoredPage } from "../store/http-pages";
import type { TokenRecord } from "../store/tokens";

export type { Automatic, Holder, HttpChange, ServedCertificate, TokenRecord, TokenWish, Upload, Wait };

/** All that the API asks of the platform, in our own types; `platformOf` binds it to the actions and the store. */
export interface Platform {
  readonly id: string;
  readonly version: string;
  /** Where an app answers at one of its hostnames, e.g. http://shop.localhost:8080 */
  /** Where hostnames of apps answer, in their order. */
  urlsOf(hosts: readonly { app: App; hostname: string }[]): Promise<string[]>;
  hostnameOf(app: App): string;
  gitUrlOf(app: App): string;

  authenticate(token: string): Promise<Actor | null>;
  status(): Promise<PlatformStatus>;
  examine(): Promise<DoctorReport>;
  fix(actor: Actor): Promise<DoctorReport>;

  /** A dry run only tells. */
  collectGarbage(dryRun: boolean): Promise<GarbageReport>;

  /** Its processes, and how its last reload went. */
  readRouter(): Promise<RouterView>;
  /** What the router measured, and the same for Prometheus. */
  readMetrics(): Promise<MetricsView>;
  metricsText(): Promise<string>;
  /** Begins; new workers succeed the present ones. */
  reloadRouter(): Promise<RouterView>;

  listApps(): Promise<App[]>;
  findApp(name: string): Promise<App | null>;
  createApp(actor: Actor, name: string): Promise<App>;
  destroyApp(actor: Actor, app: App): Promise<void>;

  readConfig(app: App): Promise<Config>;
  setConfig(
    actor: Actor,
    app: App,
    changes: Record<string, string | null>,
    wish: ReleaseWish,
  ): Promise<Release>;

  readBuildSettings(app: App): Promise<BuildSettings>;
  setBuildSettings(
    actor: Actor,
    app: App,
    wishes: BuildSettings,
  ): Promise<{ settings: BuildSettings; previous: BuildSettings }>;
  setBuildpacks(
    actor: Actor,
    app: App,
    wish: BuildpackWish,
  ): Promise<{ buildpacks: string[]; previous: string[] }>;
  readBuildConfig(app: App): Promise<Config>;
  setBuildConfig(actor: Actor, app: App, changes: Record<string, string | null>): Promise<Config>;
  /** What a build may know, if the token is that build's own; null otherwise. */
  openBuildConfig(buildId: string, token: string): Promise<Config | null>;

  /** Newest first. */
  listReleases(app: App, limit: number): Promise<Release[]>;
  findRelease(app: App, version: number): Promise<Release | null>;
  /** The newest release that did not fail. */
  currentRelease(app: App): Promise<Release | null>;
  /** Of those of the apps that have one. */
  currentReleases(apps: readonly App[]): Promise<Release[]>;
  /** What it cost; null when it never took over. */
  receiptOf(release: Release): Promise<Receipt | null>;
  rollback(actor: Actor, app: App, version: number | undefined, wish: ReleaseWish): Promise<Release>;
  retry(actor: Actor, app: App, version: number | undefined, wish: ReleaseWish): Promise<Release>;
  /** A release of an image that was made elsewhere. */
  deployImage(actor: Actor, app: App, ref: string, wish: ReleaseWish): Promise<Release>;
  /** Resolves when a build of it is queued. */
  receiveUpload(actor: Actor, app: App, upload: Upload): Promise<Build>;
  /** Values in clear. */
  diffReleases(from: Release, to: Release): Promise<ReleaseDiff>;
  promotionOf(from: App, to: App, compareValues: boolean): Promise<{ release: Release; config: Change[] }>;
  promote(actor: Actor, from: App, to: App, version: number, wish: ReleaseWish): Promise<Release>;
  /** Transcript lines; ends when the release is proven or failed. */
  followRelease(app: App, version: number, signal: AbortSignal): AsyncIterable<string>;

  /** What the release's command has said; follows one under way to its end. */
  followCommand(app: App, release: Release, signal: AbortSignal): AsyncIterable<string>;

  scale(actor: Actor, app: App, words: string[]): Promise<Quantities>;
  setDrain(actor: Actor, app: App, words: DrainWords): Promise<DrainChange>;
  setBake(actor: Actor, app: App, word: string): Promise<BakeChange>;
  /** Newest first; one under way with what is counted by now. */
  listBakes(app: App, limit: number): Promise<Bake[]>;
  /** Null when it had none. */
  bakeOf(release: Release): Promise<Bake | null>;
  /** What this actor has not heard of the app; each is said once. */
  noticeOf(actor: Actor, app: App): Promise<string | null>;
  /** Starts instances anew, in turn; returns their names. */
  restart(actor: Actor, app: App, what: string | undefined): Promise<string[]>;
  /** Scales a type, or all, to zero. */
  stop(actor: Actor, app: App, type: string | undefined): Promise<Quantities>;
  /** Resolves when all is as wanted; throws `timeout`. */
  settle(app: App, limitMs: number, signal: AbortSignal): Promise<void>;
  /** By process type, and `run`. */
  readLimits(app: App): Promise<Record<string, Limits>>;
  limit(
    actor: Actor,
    app: App,
    wish: LimitWish,
  ): Promise<{ limits: Record<string, Limits>; previous: Record<string, Limits> }>;
  listInstances(app: App): Promise<InstanceView[]>;
  /** Log lines without their newline; with `tail` until aborted. */
  readLogs(app: App, wish: LogWish, signal: AbortSignal): AsyncIterable<string>;

  /** Custom hostnames only. */
  listDomains(app: App): Promise<string[]>;
  /** Returns the hostname in its one spelling. */
  addDomain(actor: Actor, app: App, hostname: string): Promise<string>;
  removeDomain(actor: Actor, app: App, hostname: string): Promise<void>;

  /** The platform, as who holds its own certificates. */
  certificateHolder(): Promise<Holder>;
  listCertificates(holder: Holder): Promise<ServedCertificate[]>;
  addCertificate(actor: Actor, holder: Holder, wish: AddCertificate): Promise<ServedCertificate>;
  removeCertificate(actor: Actor, holder: Holder, id: string): Promise<void>;
  readAutomatic(holder: Holder): Promise<Automatic>;
  setAutomatic(actor: Actor, holder: Holder, on: boolean): Promise<Automatic>;
  setTlsPolicy(
    actor: Actor,
    holder: Holder,
    words: TlsWords,
  ): Promise<{ tls: TlsPolicy; previous: TlsPolicy }>;

  readHttp(app: App): Promise<HttpState>;
  /** Pages of its own, as they were fetched last. */
  listPages(app: App): Promise<StoredPage[]>;
  /** A null goes back to the default. */
  setHttp(actor: Actor, app: App, changes: Readonly<Record<string, string | null>>): Promise<HttpChange>;
  /** A password of null takes the user away. */
  setHttpUser(actor: Actor, app: App, wish: { name: string; password: string | null }): Promise<HttpChange>;
  setMaintenance(actor: Actor, app: App, on: boolean): Promise<HttpChange>;

  /** Newest first. */
  listBuilds(app: App, limit: number): Promise<Build[]>;
  findBuild(app: App, id: string): Promise<Build | null>;
  /** Null for one that does not wait for its turn. */
  waitOf(build: Build): Wait | null;
  /** The release that a build made. */
  releaseOf(build: Build): Promise<Release | null>;
  /** Chunks of output; ends with the build. */
  followBuild(build: Build, signal: AbortSignal): AsyncIterable<string>;
  /** What the pusher reads; ends with the release. */
  attachBuild(app: App, build: Build, signal: AbortSignal): AsyncIterable<string>;
  /** Throws `conflict` when it has ended. */
  cancelBuild(actor: Actor, app: App, build: Build): Promise<Build>;
  /** The archive of a build's source, if the token is that build's own; null otherwise. */
  openSource(buildId: string, token: string): Promise<Readable | null>;

  /** One-offs under way, newest first. */
  openRuns(app: App): Promise<Run[]>;
  /** All one-offs, newest first. */
  listRuns(app: App, limit: number): Promise<Run[]>;
  runDetached(actor: Actor, app: App, wish: DetachedRun): Promise<Run>;
  /** Resolves when it has ended. */
  stopRun(app: App, name: string): Promise<void>;
  listCron(app: App): Promise<CronView[]>;
  /** Starts the scheduled command of that number (from 1) now. */
  runCron(actor: Actor, app: App, number: number): Promise<Run>;
  runOnce(actor: Actor, app: App, start: RunStart): Promise<RunAttachment>;

  listTokens(): Promise<TokenRecord[]>;
  createToken(actor: Actor, wish: TokenWish): Promise<{ token: string; record: TokenRecord }>;
  revokeToken(actor: Actor, id: string): Promise<void>;
}

export interface ReleaseWish {
  /** Leaves the release command out. */
  noReleasePhase?: boolean | undefined;
}

export interface Quantities {
  quantities: Record<string, number>;
  previous: Record<string, number>;
}

export interface DrainChange {
  drain: DrainPolicy;
  previous: DrainPolicy;
}

/** Milliseconds; null is off. */
export interface BakeChange {
  windowMs: number | null;
  previous: number | null;
}

export interface LogWish {
  lines: number;
  tail: boolean;
  filter: LogFilter;
}

/** A one-off under way, as the engine hands it out. */
export interface RunAttachment {
  stdin: Writable | null;
  stdout: Readable;
  stderr: Readable | null;
  resize(columns: number, rows: number): Promise<void>;
  signal(name: string): Promise<void>;
  exited: Promise<number>;
  end(): Promise<void>;
}
