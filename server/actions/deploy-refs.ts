import { conflict } from "../../core/error";
import type { Logger } from "../../core/logger";
import { noCommit } from "../../core/push";
import type { Release } from "../../core/release";
import type { PreparedRef } from "../repositories/prepared-ref";
import type { Repositories } from "../repositories/repositories";
import type { DeployRefs } from "../scheduler/deploy-refs";
import type { Store } from "../store/store";
import { mayMove } from "./may-move";

/** The refs of releases that were pushed: locked before the switch, moved after the ledger has decided. */
export function deployRefsOf(store: Store, repositories: Repositories, log: Logger): DeployRefs {
  const prepared = new Map<string, PreparedRef>();
  return {
    async prepare(release) {
      if (!isPushed(release) || prepared.has(release.id)) return;
      const build = await store.builds.byId(release.buildId);
      const tip = await repositories.tip(release.appId, release.ref);
      if (build && !(await mayMove(repositories, build, tip)))
        throw conflict("fetch first: the branch has moved meanwhile");
      prepared.set(
        release.id,
        await repositories.prepareRef(release.appId, release.ref, tip ?? noCommit, release.commit),
      );
    },
    async commit(release) {
      const ref = prepared.get(release.id);
      prepared.delete(release.id);
      await ref?.commit();
      if (ref) log.info({ app: release.appId, version: release.version }, "the ref followed the ledger");
    },
    async abort(release) {
      const ref = prepared.get(release.id);
      prepared.delete(release.id);
      await ref?.abort();
    },
  };
}

function isPushed(release: Release): release is Release & { ref: string; commit: string; buildId: string } {
  return release.ref !== null && release.commit !== null && release.buildId !== null;
}

/** Sets each deploy ref to the commit of the newest proven deploy release; called at the server's start, before any push. */
export async function reconcileRefs(store: Store, repositories: Repositories, log: Logger): Promise<void> {
  for (const { appId, ref, commit } of await store.releases.deployTips()) {
    if (!(await repositories.exists(appId)) || (await repositories.tip(appId, ref)) === commit) continue;
    await repositories.setRef(appId, ref, commit);
    log.info({ app: appId, ref, commit }, "a ref was set to what the ledger says");
  }
}
