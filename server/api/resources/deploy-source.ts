import { maxUploadBytes } from "../../../core/source-entry";
import { uploadNameSchema } from "../../../core/wire";
import type { Builds } from "../platform/builds";
import type { Deploys } from "../platform/deploys";
import { checkShape } from "../request/body";
import { routesFor } from "../request/route";
import { buildView } from "./views";

const { appRoute } = routesFor<Deploys & Builds>();

export const deploySourceRoutes = [
  appRoute({
    method: "post",
    path: "/deploy-source",
    verb: "git:push",
    status: 202,
    async answer({ platform, actor, app, query, upload }) {
      const name = checkShape(uploadNameSchema, query("name") ?? "archive");
      const build = await platform.receiveUpload(actor, app, { name, body: upload(maxUploadBytes) });
      return buildView(build, platform.waitOf(build));
    },
  }),
];
