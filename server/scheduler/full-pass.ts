import { plan } from "../../core/plan";
import type { Health } from "./health";
import { observeAll } from "./observe";
import { reapable, reapableCommands } from "./reap";
import type { World } from "./world";

/** Ids of the apps that are not as they should be, seen in one look at all of them; each is then its runner's to bring about. */
export async function unsettledApps(world: World, health: Health): Promise<string[]> {
  const seen = await observeAll(world, null);
  for (const one of seen) health.watchReady(one);
  return seen
    .filter(
      (one) =>
        plan(one.desired, one.observed).length > 0 ||
        reapable(one).length > 0 ||
        reapableCommands(one).length > 0,
    )
    .map(({ app }) => app.id);
}
