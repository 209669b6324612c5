import type { Logs } from "../../../server/api/platform/logs";
import type { World } from "./world";

export const fakeLogs = (world: World): Logs => ({
  async *readLogs(app, wish, signal) {
    yield* world.of(app).logs.slice(-wish.lines);
    if (wish.tail && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});
