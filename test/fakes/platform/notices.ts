import type { Notices } from "../../../server/api/platform/notices";
import type { World } from "./world";

export const fakeNotices = (world: World): Notices => ({
  noticeOf: async () => world.notices.shift() ?? null,
});
