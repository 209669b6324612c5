import { uploadRef } from "../../../core/push";
import type { Deploys } from "../../../server/api/platform/deploys";
import type { World } from "./world";

export const fakeDeploys = (world: World): Deploys => ({
  deployImage: async (actor, app, ref) =>
    world.release(world.of(app), actor, { description: `Deploy image ${ref}` }),
  async receiveUpload(actor, app, { name, body }) {
    for await (const _ of body);
    return world.build(app, actor, { id: "b2", ref: uploadRef, upload: name });
  },
});
