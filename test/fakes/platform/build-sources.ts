import { Readable } from "node:stream";
import type { BuildSources } from "../../../server/api/platform/build-sources";
import type { World } from "./world";

export const fakeBuildSources = (world: World): BuildSources => ({
  async openSource(buildId, token) {
    const source = world.sources.get(buildId);
    return source && source.token === token ? Readable.from([source.content]) : null;
  },
  openBuildConfig: async () => null,
});
