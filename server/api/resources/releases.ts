import type { App } from "../../../core/app";
import { notFound } from "../../../core/error";
import type { Release } from "../../../core/release";
import { masked } from "../../../core/release-diff";
import {
  type FollowLine,
  type ReleaseDiffView,
  type ReleaseOutputLine,
  type ReleaseView,
  rollbackSchema,
} from "../../../core/wire";
import type { Apps } from "../platform/apps";
import type { Bakes } from "../platform/bakes";
import type { Releases } from "../platform/releases";
import { wholeNumber } from "../request/numbers";
import { permitApp } from "../request/permit";
import { type AppCall, routesFor } from "../request/route";
import { receiptView, releaseView } from "./views";

const { appRoute } = routesFor<Releases & Bakes & Apps>();

export const releasesRoutes = [
  appRoute({
    method: "get",
    path: "/releases",
    verb: "releases:read",
    async answer({ platform, app, query }) {
      const limit = wholeNumber("limit", query("limit") ?? "15", 1, 1000);
      const releases = await platform.listReleases(app, limit);
      const bakes = await platform.listBakes(app, limit);
      const current = await platform.currentRelease(app);
      const bakeOf = ({ version }: Release) => bakes.find((bake) => bake.version === version) ?? null;
      return releases.map((release) => releaseView(release, current?.version ?? null, bakeOf(release)));
    },
  }),
  appRoute({
    method: "get",
    path: "/releases/:version",
    verb: "releases:read",
    async answer(call): Promise<ReleaseView> {
      const release = await wantedRelease(call);
      const receipt = await call.platform.receiptOf(release);
      return {
        ...(await viewOf(call.platform, call.app, release)),
        receipt: receipt && receiptView(receipt),
      };
    },
  }),
  appRoute({
    method: "get",
    path: "/releases/:version/follow",
    verb: "releases:read",
    stream: async (call) => follow(call, (await wantedRelease(call)).version),
  }),
  appRoute({
    method: "get",
    path: "/releases/:version/output",
    verb: "releases:read",
    stream: async (call) => output(call, await wantedRelease(call)),
  }),
  appRoute({
    method: "get",
    path: "/releases/:version/diff",
    verb: "releases:read",
    answer: async (call) => diff(call),
  }),
  appRoute({
    method: "post",
    path: "/retry",
    verb: "release:rollback",
    body: rollbackSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const release = await platform.retry(actor, app, body.version, body);
      return releaseView(release, release.version);
    },
  }),
  appRoute({
    method: "post",
    path: "/rollback",
    verb: "release:rollback",
    body: rollbackSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const release = await platform.rollback(actor, app, body.version, body);
      return releaseView(release, release.version);
    },
  }),
];

const wantedRelease = ({ platform, app, param }: AppCall<Releases>): Promise<Release> =>
  releaseOf(platform, app, versionOf(param("version")));

const versionOf = (text: string): number =>
  wholeNumber("The version", text.replace(/^v/, ""), 1, 999_999_999);

/** Values are masked, save for who asks for them and may read the config. */
async function diff(call: AppCall<Releases & Apps>): Promise<ReleaseDiffView> {
  const { platform, actor, app, query } = call;
  const reveal = query("reveal") === "1";
  if (reveal) await permitApp(platform, actor, "config:read", app.name);
  const from = await wantedRelease(call);
  const to = await releaseOf(platform, app, versionOf(query("to") ?? ""));
  const found = await platform.diffReleases(from, to);
  return reveal ? found : { ...found, config: masked(found.config) };
}

async function releaseOf(releases: Releases, app: App, version: number): Promise<Release> {
  const release = await releases.findRelease(app, version);
  if (!release) throw notFound(`${app.name} has no release v${version}: paas releases lists them.`);
  return release;
}

async function viewOf(platform: Releases & Bakes, app: App, release: Release): Promise<ReleaseView> {
  const [current, bake] = await Promise.all([platform.currentRelease(app), platform.bakeOf(release)]);
  return releaseView(release, current?.version ?? null, bake);
}

async function* follow(
  { platform, app, signal }: AppCall<Releases & Bakes>,
  version: number,
): AsyncIterable<FollowLine> {
  for await (const line of platform.followRelease(app, version, signal)) yield { line };
  if (signal.aborted) return;
  yield { release: await viewOf(platform, app, await releaseOf(platform, app, version)) };
}

async function* output(call: AppCall<Releases & Bakes>, release: Release): AsyncIterable<ReleaseOutputLine> {
  const { platform, app, signal } = call;
  for await (const text of platform.followCommand(app, release, signal)) yield { text };
  if (!signal.aborted) yield { release: await viewOf(platform, app, await wantedRelease(call)) };
}
