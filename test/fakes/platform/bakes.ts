import { parseBakeWindow } from "../../../core/bake";
import type { Bakes } from "../../../server/api/platform/bakes";
import type { World } from "./world";

export const fakeBakes = (world: World): Bakes => ({
  async setBake(_actor, app, word) {
    const previous = app.bakeMs;
    app.bakeMs = parseBakeWindow(word);
    return { windowMs: app.bakeMs, previous };
  },
  listBakes: async (app) => world.bakes.filter(({ appId }) => appId === app.id),
  bakeOf: async ({ id }) => world.bakes.find(({ releaseId }) => releaseId === id) ?? null,
});
