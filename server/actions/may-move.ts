import type { Build } from "../../core/build";
import type { Repositories } from "../repositories/repositories";

/** Whether a push may move its ref from the tip: it descends from it, or its lease (the old commit it was sent with) names it. */
export async function mayMove(
  repositories: Repositories,
  push: Pick<Build, "appId" | "commit" | "oldCommit">,
  tip: string | null,
): Promise<boolean> {
  if (tip === null || tip === push.oldCommit) return true;
  return repositories.descends(push.appId, push.commit, tip);
}
