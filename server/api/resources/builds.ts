import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import { notFound } from "../../../core/error";
import { type BuildStreamLine, type BuildView, rebuildSchema } from "../../../core/wire";
import type { Builds } from "../platform/builds";
import { wholeNumber } from "../request/numbers";
import { type AppCall, routesFor } from "../request/route";
import { buildView, releaseView } from "./views";

const { appRoute } = routesFor<Builds>();

export const buildsRoutes = [
  appRoute({
    method: "get",
    path: "/builds",
    verb: "builds:read",
    async answer({ platform, app, query }) {
      const builds = await platform.listBuilds(app, wholeNumber("limit", query("limit") ?? "15", 1, 1000));
      return builds.map((build) => buildView(build, platform.waitOf(build)));
    },
  }),
  appRoute({
    method: "post",
    path: "/builds",
    verb: "git:push",
    body: rebuildSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const named = body.build === undefined ? null : await knownBuild(platform, app, body.build);
      const build = await platform.rebuild(actor, app, named);
      return buildView(build, platform.waitOf(build));
    },
  }),
  appRoute({
    method: "get",
    path: "/builds/:id",
    verb: "builds:read",
    answer: (call) => wantedView(call),
  }),
  appRoute({
    method: "get",
    path: "/builds/:id/output",
    verb: "builds:read",
    stream: async (call) => output(call, await wantedBuild(call)),
  }),
  appRoute({
    method: "get",
    path: "/builds/:id/attach",
    verb: "builds:read",
    stream: async (call) => transcript(call, await wantedBuild(call)),
  }),
  appRoute({
    method: "post",
    path: "/builds/:id/cancel",
    verb: "git:push",
    async answer(call) {
      return buildView(await call.platform.cancelBuild(call.actor, call.app, await wantedBuild(call)), null);
    },
  }),
];

const wantedBuild = ({ platform, app, param }: AppCall<Builds>): Promise<Build> =>
  knownBuild(platform, app, param("id"));

async function knownBuild(platform: Builds, app: App, id: string): Promise<Build> {
  const build = await platform.findBuild(app, id);
  if (!build)
    throw notFound(`${app.name} has no build ${JSON.stringify(id.slice(0, 40))}: paas builds lists them.`);
  return build;
}

async function wantedView(call: AppCall<Builds>): Promise<BuildView> {
  const build = await wantedBuild(call);
  return buildView(build, call.platform.waitOf(build));
}

async function* output(call: AppCall<Builds>, build: Build): AsyncIterable<BuildStreamLine> {
  for await (const text of call.platform.followBuild(build, call.signal)) yield { text };
  if (!call.signal.aborted) yield { build: await wantedView(call) };
}

async function* transcript(call: AppCall<Builds>, build: Build): AsyncIterable<BuildStreamLine> {
  for await (const text of call.platform.attachBuild(call.app, build, call.signal)) yield { text };
  if (call.signal.aborted) return;
  const release = await call.platform.releaseOf(build);
  yield { build: await wantedView(call), release: release && releaseView(release, null) };
}
