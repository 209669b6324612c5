import { invalid } from "../../../core/error";
import { may } from "../../../core/policy";
import { type PromotionView, promoteSchema } from "../../../core/wire";
import type { Apps } from "../platform/apps";
import type { Promotions } from "../platform/promotions";
import { permitApp } from "../request/permit";
import { routesFor } from "../request/route";
import { releaseView } from "./views";

const { appRoute } = routesFor<Promotions & Apps>();

/** Who promotes may read the source's code and deploy to the target. */
export const promotionsRoutes = [
  appRoute({
    method: "get",
    path: "/promotion",
    verb: "git:read",
    async answer({ platform, actor, app, query }): Promise<PromotionView> {
      const name = query("to");
      if (!name) throw invalid("To which app? Say it as ?to=<app>.");
      const target = await permitApp(platform, actor, "git:push", name);
      const compareValues = may(actor, "config:read", app.id) === "yes";
      const { release, config } = await platform.promotionOf(app, target, compareValues);
      const { version, description, commit } = release;
      return { version, description, commit, config };
    },
  }),
  appRoute({
    method: "post",
    path: "/promote",
    verb: "git:read",
    body: promoteSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const target = await permitApp(platform, actor, "git:push", body.to);
      const release = await platform.promote(actor, app, target, body.version, body);
      return releaseView(release, release.version);
    },
  }),
];
