import type { Build } from "../../core/build";
import { notFound } from "../../core/error";
import type { BuildStreamLine } from "../../core/wire";
import { wholeNumber } from "./numbers";
import { type AppCall, appRoute } from "./route";
import { buildView } from "./views";

export const buildsRoutes = [
  appRoute({
    method: "get",
    path: "/builds",
    verb: "builds:read",
    async answer({ platform, app, query }) {
      return (await platform.listBuilds(app, wholeNumber("limit", query("limit") ?? "15", 1, 1000))).map(
        buildView,
      );
    },
  }),
  appRoute({
    method: "get",
    path: "/builds/:id",
    verb: "builds:read",
    answer: async (call) => buildView(await wantedBuild(call)),
  }),
  appRoute({
    method: "get",
    path: "/builds/:id/output",
    verb: "builds:read",
    stream: async (call) => output(call, await wantedBuild(call)),
  }),
];

async function wantedBuild({ platform, app, param }: AppCall): Promise<Build> {
  const build = await platform.findBuild(app, param("id"));
  if (!build)
    throw notFound(
      `${app.name} has no build ${JSON.stringify(param("id").slice(0, 40))}: paas builds lists them.`,
    );
  return build;
}

async function* output(call: AppCall, build: Build): AsyncIterable<BuildStreamLine> {
  for await (const text of call.platform.followBuild(build, call.signal)) yield { text };
  if (!call.signal.aborted) yield { build: buildView(await wantedBuild(call)) };
}
