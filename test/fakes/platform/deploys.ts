import type { BuildResult } from "../../../core/build";
import { uploadRef } from "../../../core/push";
import type { Deploys } from "../../../server/api/platform/deploys";
import type { World } from "./world";

const result: BuildResult = {
  image: { id: "sha256:1", ref: "paas/p/shop:b2", madeBy: "buildpack", port: 5000 },
  bases: [{ image: "paas/stack-run:1a2b", digest: `sha256:${"ab".repeat(32)}` }],
  processTypes: {},
  quantities: {},
  healthChecks: {},
  cron: [],
};

export const fakeDeploys = (world: World): Deploys => ({
  deployImage: async (actor, app, ref) =>
    world.release(world.of(app), actor, { description: `Deploy image ${ref}` }),
  async receiveUpload(actor, app, { name, body }) {
    for await (const _ of body);
    return world.build(app, actor, { id: "b2", ref: uploadRef, upload: name, result });
  },
});
