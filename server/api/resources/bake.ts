import type { Bake } from "../../../core/bake";
import { type Figures, p99Of } from "../../../core/figures";
import { type BakeView, type BakeWindowView, changeBakeSchema } from "../../../core/wire";
import type { Bakes } from "../platform/bakes";
import { type AppCall, routesFor } from "../request/route";

const { appRoute } = routesFor<Bakes>();

export const bakeRoutes = [
  appRoute({
    method: "get",
    path: "/bake",
    verb: "app:read",
    answer: (call) => windowView(call, call.app.bakeMs, call.app.bakeMs),
  }),
  appRoute({
    method: "patch",
    path: "/bake",
    verb: "formation:write",
    body: changeBakeSchema,
    async answer(call) {
      const { windowMs, previous } = await call.platform.setBake(call.actor, call.app, call.body.window);
      return windowView(call, windowMs, previous);
    },
  }),
];

async function windowView(
  { platform, app }: Pick<AppCall<Bakes>, "platform" | "app">,
  windowMs: number | null,
  previous: number | null,
): Promise<BakeWindowView> {
  const [bake] = await platform.listBakes(app, 1);
  return { windowMs, previous, bake: bake ? bakeView(bake) : null };
}

export const bakeView = (bake: Bake): BakeView => ({
  version: bake.version,
  oldVersion: bake.oldVersion,
  state: bake.outcome ?? "baking",
  startedAt: bake.startedAt.toISOString(),
  endsAt: bake.endsAt.toISOString(),
  endedAt: bake.endedAt?.toISOString() ?? null,
  reason: bake.words,
  fresh: bake.count && figuresView(bake.count.fresh),
  before: bake.count?.before ? figuresView(bake.count.before) : null,
  countedMs: bake.count?.countedMs ?? null,
});

const figuresView = (figures: Figures): NonNullable<BakeView["fresh"]> => ({
  requests: figures.requests,
  errors: figures.errors,
  p99Ms: Math.round(p99Of(figures)),
});
