import { plan } from "../../core/plan";
import { observeAll } from "./observe";
import { reapable, reapableCommands } from "./reap";
import type { World } from "./world";

/** Ids of the apps that are not as they should be, seen in one look at all of them; each is then its runner's to bring about. */
export async function unsettledApps(world: World): Promise<string[]> {
  const seen = await observeAll(world, null);
  return seen
    .filter(
      (one) =>
        plan(one.desired, one.observed).length > 0 ||
        reapable(one).length > 0 ||
        reapableCommands(one).length > 0,
    )
    .map(({ app }) => app.id);
}
