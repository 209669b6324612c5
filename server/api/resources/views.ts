import type { App } from "../../../core/app";
import type { Bake } from "../../../core/bake";
import type { Build } from "../../../core/build";
import type { Run } from "../../../core/one-off";
import type { Receipt } from "../../../core/receipt";
import type { Release } from "../../../core/release";
import { checksOf, scheduleOf } from "../../../core/release-diff";
import type { AppView, BuildView, DomainView, ReleaseView, RunView, TokenView } from "../../../core/wire";
import type { Wait } from "../../actions/builds/build-line";
import type { TokenRecord } from "../../store/tokens";
import type { Addresses } from "../platform/addresses";
import type { Releases } from "../platform/releases";
import { bakeView } from "./bake";

/** INVARIANT: the number of statements does not depend on how many apps there are. */
export async function appViews(platform: Addresses & Releases, apps: readonly App[]): Promise<AppView[]> {
  const [urls, releases] = await Promise.all([
    platform.urlsOf(apps.map((app) => ({ app, hostname: platform.hostnameOf(app) }))),
    platform.currentReleases(apps),
  ]);
  const versions = new Map(releases.map(({ appId, version }) => [appId, version]));
  return apps.map((app, index) => ({
    id: app.id,
    name: app.name,
    url: urls[index] ?? "",
    gitUrl: platform.gitUrlOf(app),
    createdAt: app.createdAt.toISOString(),
    currentVersion: versions.get(app.id) ?? null,
  }));
}

export const appView = async (platform: Addresses & Releases, app: App): Promise<AppView | undefined> =>
  (await appViews(platform, [app]))[0];

export const releaseView = (
  release: Release,
  currentVersion: number | null,
  bake: Bake | null = null,
): ReleaseView => ({
  version: release.version,
  description: release.description,
  reason: release.reason,
  actor: release.actor,
  commit: release.commit,
  createdAt: release.createdAt.toISOString(),
  state: release.state,
  failure: release.failure,
  current: release.version === currentVersion,
  parentVersion: release.parentVersion,
  processTypes: release.processTypes,
  configNames: release.configNames,
  healthChecks: checksOf(release.healthChecks),
  cron: scheduleOf(release.cron),
  command: release.command,
  bake: bake && bakeView(bake),
});

export const receiptView = ({ phases, count, complete }: Receipt): ReleaseView["receipt"] => ({
  phases,
  count: count && {
    requests: count.requests,
    failed: count.failed,
    slowestMs: count.slowestMs,
    streams: count.streams,
  },
  complete,
});

export const buildView = (build: Build, wait: Wait | null): BuildView => ({
  id: build.id,
  commit: build.commit,
  ref: build.ref,
  upload: build.upload,
  status: build.status,
  actor: build.actor,
  failure: build.failure,
  bases: build.result?.bases ?? [],
  waiting: wait,
  createdAt: build.createdAt.toISOString(),
  startedAt: build.startedAt?.toISOString() ?? null,
  finishedAt: build.finishedAt?.toISOString() ?? null,
});

export const runView = (run: Run): RunView => ({
  name: run.name,
  kind: run.kind,
  command: run.command,
  version: run.version,
  actor: run.actor,
  dueAt: run.dueAt?.toISOString() ?? null,
  startedAt: run.startedAt.toISOString(),
  endedAt: run.endedAt?.toISOString() ?? null,
  exitCode: run.exitCode,
  outcome: run.outcome,
});

/** The app's own hostname, and the custom ones. */
export async function domainViews(
  addresses: Addresses,
  app: App,
  hostnames: readonly string[],
): Promise<DomainView[]> {
  const urls = await addresses.urlsOf(hostnames.map((hostname) => ({ app, hostname })));
  const own = addresses.hostnameOf(app);
  return hostnames.map((hostname, index) => ({ hostname, custom: hostname !== own, url: urls[index] ?? "" }));
}

export const tokenView = (record: TokenRecord): TokenView => ({
  id: record.id,
  name: record.name,
  admin: record.admin,
  app: record.appName,
  role: record.role,
  createdAt: record.createdAt.toISOString(),
});
