import type { Build } from "../../../core/build";
import { rebuildRef, uploadRef } from "../../../core/push";
import type { Repositories } from "../../repositories/repositories";

/**
 * Whether a push may move its ref from the tip: it descends from it, or its lease (the old commit it was sent with) names it. An upload
 * always may, since who made it knew of no other; so may what is built again beside the branches.
 */
export async function mayMove(
  repositories: Repositories,
  push: Pick<Build, "appId" | "commit" | "oldCommit" | "ref">,
  tip: string | null,
): Promise<boolean> {
  if ([uploadRef, rebuildRef].includes(push.ref) || tip === null || tip === push.oldCommit) return true;
  return repositories.descends(push.appId, push.commit, tip);
}
