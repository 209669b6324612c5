import { conflict, messageOf } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import { noCommit } from "../../../core/push";
import type { Release } from "../../../core/release";
import type { PreparedRef } from "../../repositories/prepared-ref";
import type { Repositories } from "../../repositories/repositories";
import type { DeployRefs } from "../../scheduler/deploy-refs";
import type { Store } from "../../store/store";
import { mayMove } from "./may-move";

type Pushed = Release & { ref: string; commit: string; buildId: string };

/**
 * The refs of releases that were pushed: locked before the switch, moved after the ledger has decided.
 * INVARIANT: an app has at most one ref locked; a release that was superseded while it held one loses it to the next.
 */
export class LedgerRefs implements DeployRefs {
  readonly #store: Store;
  readonly #repositories: Repositories;
  readonly #log: Logger;
  readonly #prepared = new Map<string, { release: Pushed; ref: PreparedRef }>();

  constructor(store: Store, repositories: Repositories, log: Logger) {
    this.#store = store;
    this.#repositories = repositories;
    this.#log = log;
  }

  async prepare(release: Release): Promise<void> {
    if (!isPushed(release) || this.#prepared.has(release.id)) return;
    for (const other of this.#prepared.values())
      if (other.release.appId === release.appId) await this.abort(other.release);
    const build = await this.#store.builds.byId(release.buildId);
    const tip = await this.#repositories.tip(release.appId, release.ref);
    if (build && !(await mayMove(this.#repositories, build, tip)))
      throw conflict("fetch first: the branch has moved meanwhile");
    const ref = await this.#repositories.prepareRef(
      release.appId,
      release.ref,
      tip ?? noCommit,
      release.commit,
    );
    this.#prepared.set(release.id, { release, ref });
  }

  async commit(release: Release): Promise<void> {
    const held = this.#take(release);
    if (!held) return;
    try {
      await held.ref.commit();
    } catch (error) {
      this.#log.warn(
        { app: release.appId, err: messageOf(error) },
        "a locked ref could not be moved; setting it",
      );
      await this.#repositories.setRef(release.appId, held.release.ref, held.release.commit);
    }
  }

  async abort(release: Release): Promise<void> {
    await this.#take(release)?.ref.abort();
  }

  async retract(release: Release): Promise<void> {
    if (!isPushed(release)) return;
    const { appId, ref, commit } = release;
    // Moved meanwhile by a push of a newer release: that one's.
    if ((await this.#repositories.tip(appId, ref)) !== commit) return;
    const tip = (await this.#store.releases.deployTips()).find(
      (one) => one.appId === appId && one.ref === ref,
    );
    if (tip) await this.#repositories.setRef(appId, ref, tip.commit);
    else await this.#repositories.deleteRef(appId, ref);
  }

  #take(release: Release): { release: Pushed; ref: PreparedRef } | undefined {
    const held = this.#prepared.get(release.id);
    this.#prepared.delete(release.id);
    return held;
  }
}

function isPushed(release: Release): release is Pushed {
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
