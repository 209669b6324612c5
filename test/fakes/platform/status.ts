import type { Status } from "../../../server/api/platform/status";
import type { World } from "./world";

export const fakeStatus = (world: World): Status => ({
  id: "testpaas",
  version: "0.0.0",
  status: async () => ({
    version: "0.0.0",
    platform: "testpaas",
    apps: world.kept.size,
    engine: { version: "20.10.24", apiVersion: "1.41" },
    routers: [{ routerId: "r1", version: 7 }],
    tableVersion: 7,
  }),
});
