import type { App } from "../../core/app";
import { notFound } from "../../core/error";
import type { Release } from "../../core/release";
import { type FollowLine, type ReleaseOutputLine, type ReleaseView, rollbackSchema } from "../../core/wire";
import { wholeNumber } from "./numbers";
import type { Platform } from "./platform";
import { type AppCall, appRoute } from "./route";
import { receiptView, releaseView } from "./views";

export const releasesRoutes = [
  appRoute({
    method: "get",
    path: "/releases",
    verb: "releases:read",
    async answer({ platform, app, query }) {
      const releases = await platform.listReleases(
        app,
        wholeNumber("limit", query("limit") ?? "15", 1, 1000),
      );
      const current = await platform.currentRelease(app);
      return releases.map((release) => releaseView(release, current?.version ?? null));
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

async function wantedRelease({ platform, app, param }: AppCall): Promise<Release> {
  const version = wholeNumber("The version", param("version").replace(/^v/, ""), 1, 999_999_999);
  return releaseOf(platform, app, version);
}

async function releaseOf(platform: Platform, app: App, version: number): Promise<Release> {
  const release = await platform.findRelease(app, version);
  if (!release) throw notFound(`${app.name} has no release v${version}: paas releases lists them.`);
  return release;
}

async function viewOf(platform: Platform, app: App, release: Release): Promise<ReleaseView> {
  return releaseView(release, (await platform.currentRelease(app))?.version ?? null);
}

async function* follow({ platform, app, signal }: AppCall, version: number): AsyncIterable<FollowLine> {
  for await (const line of platform.followRelease(app, version, signal)) yield { line };
  if (signal.aborted) return;
  yield { release: await viewOf(platform, app, await releaseOf(platform, app, version)) };
}

async function* output(call: AppCall, release: Release): AsyncIterable<ReleaseOutputLine> {
  const { platform, app, signal } = call;
  for await (const text of platform.followCommand(app, release, signal)) yield { text };
  if (!signal.aborted) yield { release: await viewOf(platform, app, await wantedRelease(call)) };
}
