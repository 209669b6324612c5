import { deployImageSchema } from "../../../core/wire";
import type { Deploys } from "../platform/deploys";
import { routesFor } from "../request/route";
import { releaseView } from "./views";

const { appRoute } = routesFor<Deploys>();

export const deployImageRoutes = [
  appRoute({
    method: "post",
    path: "/deploy-image",
    verb: "git:push",
    body: deployImageSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const release = await platform.deployImage(actor, app, body.image, body);
      return releaseView(release, release.version);
    },
  }),
];
