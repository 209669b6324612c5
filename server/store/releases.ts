import { type Config, emptyConfig } from "../../core/env";
import { notFound } from "../../core/error";
import { firstQuantities } from "../../core/formation";
import type { KeptImage } from "../../core/garbage";
import { type Release, runningTypes } from "../../core/release";
import { lockApp, writeFormation } from "./apps";
import { beginBake } from "./bakes";
import type { Cipher } from "./cipher";
import type { Database } from "./database";
import type { Notices } from "./notices";
import type { AppIds } from "./of-apps";
import type { Drafting, LineOptions } from "./release-draft";
import { newestOf, oneRelease, readConfig, releaseColumns } from "./release-rows";
import { clearPending, endRelease, finishBuild, insertRelease } from "./release-writes";

/** The ledger. Releases are immutable; their state is the newest row of release_states. */
export class Releases {
  readonly #database: Database;
  readonly #notices: Notices;
  readonly #cipher: Cipher;
  constructor(database: Database, notices: Notices, cipher: Cipher) {
    this.#database = database;
    this.#notices = notices;
    this.#cipher = cipher;
  }

  /** Newest first. */
  list(appId: string, limit: number): Promise<Release[]> {
    return this.#database.query<Release>(
      `select ${releaseColumns} from release_now where app_id = $1 order by version desc limit $2`,
      [appId, limit],
    );
  }

  async byVersion(appId: string, version: number): Promise<Release | null> {
    return oneRelease(this.#database, "app_id = $1 and version = $2", [appId, version]);
  }

  async byId(id: string): Promise<Release | null> {
    return oneRelease(this.#database, "id = $1", [id]);
  }

  /** The newest release that did not fail: its config is the app's config. */
  async current(appId: string): Promise<Release | null> {
    return oneRelease(this.#database, "app_id = $1 and state <> 'failed'", [appId]);
  }

  async proven(appId: string): Promise<Release | null> {
    return oneRelease(this.#database, "app_id = $1 and state = 'proven'", [appId]);
  }

  /** The newest release that did not fail of each of the apps, or of every one. */
  currentOf(appIds: AppIds): Promise<Release[]> {
    return newestOf(this.#database, "state <> 'failed'", appIds);
  }

  provenOf(appIds: AppIds): Promise<Release[]> {
    return newestOf(this.#database, "state = 'proven'", appIds);
  }

  async ofBuild(buildId: string): Promise<Release | null> {
    return oneRelease(this.#database, "build_id = $1 and reason = 'deploy'", [buildId]);
  }

  /** For each app and deploy ref the commit of its newest proven deploy release: where the refs must be. */
  deployTips(): Promise<{ appId: string; ref: string; commit: string }[]> {
    return this.#database.query(
      `select distinct on (app_id, ref) app_id as "appId", ref, commit from release_now
       where reason = 'deploy' and state = 'proven' and ref is not null order by app_id, ref, version desc`,
    );
  }

  async readConfig(releaseId: string): Promise<Config> {
    return readConfig(this.#database, this.#cipher, releaseId);
  }

  /**
   * Puts the next release on the app's one line, under its row lock. A release without an image is proven at once (it starts nothing).
   * Throws `busy` when one is pending and `whenPending` is refuse, `not_found` when the app is gone, `conflict` when the build had ended.
   */
  async create(appId: string, drafting: Drafting, options: LineOptions): Promise<Release> {
    const release = await this.#database.transaction(async (tx) => {
      const app = await lockApp(tx, appId);
      if (!app) throw notFound("The app is gone.");
      // First: what the release still takes is not the build's time.
      if (options.build) await finishBuild(tx, options.build);
      const [newest] = await tx.query<{ version: number }>(
        "select max(version) as version from releases where app_id = $1",
        [appId],
      );
      const version = (newest?.version ?? 0) + 1;
      await clearPending(tx, appId, version, options.whenPending);
      const current = await oneRelease(tx, "app_id = $1 and state <> 'failed'", [appId]);
      const currentConfig = current ? await readConfig(tx, this.#cipher, current.id) : emptyConfig();
      const draft = await drafting(current, currentConfig, tx);
      const id = await insertRelease(tx, this.#cipher, appId, version, current?.version ?? null, draft);
      if (draft.image && !current?.image && Object.keys(app.formation.quantities).length === 0) {
        const types = runningTypes(draft.processTypes);
        const quantities = firstQuantities(types, options.build?.result.quantities);
        await writeFormation(tx, appId, { ...app.formation, quantities }, draft.actor);
      }
      return oneRelease(tx, "id = $1", [id]);
    });
    this.#notices.tell(appId);
    if (!release) throw new Error("the release just written is not there");
    return release;
  }

  /**
   * Hands over the refs of the images of everything since the newest `count` proven releases that run one, pending and failed ones included, and
   * since the one that a bake may go back to.
   * `clear` works under the app's lock: no release can come meanwhile whose image it would take away.
   */
  keepImages(appId: string, count: number, clear: (kept: KeptImage[]) => Promise<void>): Promise<void> {
    return this.#database.transaction(async (tx) => {
      await lockApp(tx, appId);
      const kept = await tx.query<KeptImage>(
        `select distinct image->>'ref' as ref, image->>'id' as id from releases
         where app_id = $1 and image is not null and version >= least(
           (select old_version from bakes where app_id = $1 and ended_at is null),
           coalesce((select version from release_now where app_id = $1 and state = 'proven' and image is not null
            order by version desc offset $2 limit 1), 0))`,
        [appId, count - 1],
      );
      await clear(kept);
    });
  }

  /** pending -> proven. False when it is no longer pending (superseded). */
  prove(release: Release): Promise<boolean> {
    return this.#end(release, "proven", null);
  }

  /** pending -> failed. False when it is no longer pending. */
  fail(release: Release, reason: string): Promise<boolean> {
    return this.#end(release, "failed", reason);
  }

  async #end(release: Release, state: "proven" | "failed", reason: string | null): Promise<boolean> {
    const ended = await this.#database.transaction(async (tx) => {
      const app = await lockApp(tx, release.appId);
      const old = await oneRelease(tx, "app_id = $1 and state = 'proven'", [release.appId]);
      const done = await endRelease(tx, release, state, reason);
      if (done && app && state === "proven") await beginBake(tx, app, release, old);
      return done;
    });
    this.#notices.tell(release.appId);
    return ended;
  }
}
