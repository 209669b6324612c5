import type { Build } from "../../../core/build";
import { noCommit, uploadRef } from "../../../core/push";
import type { Deploys } from "../../../server/api/platform/deploys";
import { at, type World } from "./world";

export const fakeDeploys = (world: World): Deploys => ({
  deployImage: async (actor, app, ref) =>
    world.release(world.of(app), actor, { description: `Deploy image ${ref}` }),
  async receiveUpload(actor, app, { name, body }) {
    for await (const _ of body);
    const build: Build = {
      id: "b2",
      appId: app.id,
      commit: "2b3c4d5e6f7a",
      ref: uploadRef,
      oldCommit: noCommit,
      upload: name,
      status: "succeeded",
      actor: actor.name,
      failure: null,
      result: null,
      createdAt: at,
      startedAt: at,
      finishedAt: at,
    };
    world.of(app).builds.unshift(build);
    return build;
  },
});
