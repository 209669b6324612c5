import type { Build } from "../../../core/build";
import { uploadRef } from "../../../core/push";
import type { Repositories } from "../../repositories/repositories";

/**
 * Whether a push may move its ref from the tip: it descends from it, or its lease (the old commit it was sent with) names it. An upload
 * always may: who made it knew of no other.
 */
export async function mayMove(
  repositories: Repositories,
  push: Pick<Build, "appId" | "commit" | "oldCommit" | "ref">,
  tip: string | null,
): Promise<boolean> {
  if (push.ref === uploadRef || tip === null || tip === push.oldCommit) return true;
  return repositories.descends(push.appId, push.commit, tip);
}
