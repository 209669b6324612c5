import type { Build, BuildResult } from "../../core/build";
import { type Config, emptyConfig } from "../../core/env";
import { notFound, PaasError } from "../../core/error";
import { firstQuantities } from "../../core/formation";
import type { HealthChecks } from "../../core/healthcheck";
import { newId } from "../../core/id";
import type { Image } from "../../core/image";
import {
  hasCommand,
  type ProcessTypes,
  type Release,
  type ReleaseReason,
  runningTypes,
} from "../../core/release";
import { lockApp, writeFormation } from "./apps";
import { beginBake } from "./bakes";
import { endBuild } from "./builds";
import type { Cipher } from "./cipher";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";
import type { Notices } from "./notices";
import { type AppIds, ofApps } from "./of-apps";
import { planCommand } from "./release-commands";

const columns = `id, app_id as "appId", version, build_id as "buildId", image, commit, ref, process_types as "processTypes",
  health_checks as "healthChecks",
  config_names as "configNames", reason, description, actor, parent_version as "parentVersion", created_at as "createdAt",
  state, failure, state_at as "stateAt", command, command_ended_at as "commandEndedAt"`;

/** What a new release is made of, once it is known which release it follows. */
export interface Draft {
  buildId: string | null;
  image: Image | null;
  commit: string | null;
  ref: string | null;
  processTypes: ProcessTypes;
  healthChecks: HealthChecks;
  config: Config;
  reason: ReleaseReason;
  description: string;
  actor: string;
  /** The release command is left out, in an emergency. */
  noReleasePhase?: boolean;
}

/** Decides the draft from the app's newest release that did not fail (null before the first) and that one's config. */
export type Drafting = (current: Release | null, currentConfig: Config, tx: Sql) => Promise<Draft> | Draft;

export interface LineOptions {
  /** What to do when a release is pending: `refuse` throws `busy` (with detail.version), `supersede` fails it. */
  whenPending: "refuse" | "supersede";
  /** The build that this release ends, in the same transaction. */
  build?: { build: Build; result: BuildResult };
}

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
      `select ${columns} from release_now where app_id = $1 order by version desc limit $2`,
      [appId, limit],
    );
  }

  async byVersion(appId: string, version: number): Promise<Release | null> {
    return one(this.#database, "app_id = $1 and version = $2", [appId, version]);
  }

  async byId(id: string): Promise<Release | null> {
    return one(this.#database, "id = $1", [id]);
  }

  /** The newest release that did not fail: its config is the app's config. */
  async current(appId: string): Promise<Release | null> {
    return one(this.#database, "app_id = $1 and state <> 'failed'", [appId]);
  }

  async proven(appId: string): Promise<Release | null> {
    return one(this.#database, "app_id = $1 and state = 'proven'", [appId]);
  }

  /** The newest release that did not fail of each of the apps, or of every one. */
  currentOf(appIds: AppIds): Promise<Release[]> {
    return newestOf(this.#database, "state <> 'failed'", appIds);
  }

  provenOf(appIds: AppIds): Promise<Release[]> {
    return newestOf(this.#database, "state = 'proven'", appIds);
  }

  async ofBuild(buildId: string): Promise<Release | null> {
    return one(this.#database, "build_id = $1 and reason = 'deploy'", [buildId]);
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
      const [newest] = await tx.query<{ version: number }>(
        "select max(version) as version from releases where app_id = $1",
        [appId],
      );
      const version = (newest?.version ?? 0) + 1;
      await clearPending(tx, appId, version, options.whenPending);
      const current = await one(tx, "app_id = $1 and state <> 'failed'", [appId]);
      const currentConfig = current ? await readConfig(tx, this.#cipher, current.id) : emptyConfig();
      const draft = await drafting(current, currentConfig, tx);
      if (options.build) await finishBuild(tx, options.build);
      const id = await this.#insert(tx, appId, version, current?.version ?? null, draft);
      if (draft.image && !current?.image && Object.keys(app.formation.quantities).length === 0) {
        const types = runningTypes(draft.processTypes);
        const quantities = firstQuantities(types, options.build?.result.quantities);
        await writeFormation(tx, appId, { ...app.formation, quantities }, draft.actor);
      }
      return one(tx, "id = $1", [id]);
    });
    this.#notices.tell(appId);
    if (!release) throw new Error("the release just written is not there");
    return release;
  }

  /**
   * Hands over the refs of the images of everything since the newest `count` proven releases that run one, pending and failed ones included.
   * `clear` works under the app's lock: no release can come meanwhile whose image it would take away.
   */
  keepImages(appId: string, count: number, clear: (kept: string[]) => Promise<void>): Promise<void> {
    return this.#database.transaction(async (tx) => {
      await lockApp(tx, appId);
      const rows = await tx.query<{ ref: string }>(
        `select distinct image->>'ref' as ref from releases where app_id = $1 and image is not null and version >= coalesce(
           (select version from release_now where app_id = $1 and state = 'proven' and image is not null
            order by version desc offset $2 limit 1), 0)`,
        [appId, count - 1],
      );
      await clear(rows.map(({ ref }) => ref));
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
      const old = await one(tx, "app_id = $1 and state = 'proven'", [release.appId]);
      const done = await endRelease(tx, release, state, reason);
      if (done && app && state === "proven") await beginBake(tx, app, release, old);
      return done;
    });
    this.#notices.tell(release.appId);
    return ended;
  }

  async #insert(
    tx: Sql,
    appId: string,
    version: number,
    parent: number | null,
    draft: Draft,
  ): Promise<string> {
    const id = newId();
    await tx.query(
      `insert into releases (id, app_id, version, build_id, image, commit, ref, process_types, config, config_names, reason, description, actor, parent_version, health_checks)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        id,
        appId,
        version,
        draft.buildId,
        draft.image,
        draft.commit,
        draft.ref,
        draft.processTypes,
        this.#cipher.seal(draft.config, id),
        Object.keys(draft.config.reveal()).sort(),
        draft.reason,
        draft.description,
        draft.actor,
        parent,
        draft.healthChecks,
      ],
    );
    const state = draft.image ? "pending" : "proven";
    await tx.query("insert into release_states (release_id, state) values ($1, $2)", [id, state]);
    if (draft.image && hasCommand(draft.processTypes))
      await planCommand(tx, { id, appId, version }, draft.noReleasePhase === true);
    await writeEvent(tx, appId, "release:created", { version, description: draft.description }, draft.actor);
    if (state === "proven") await writeEvent(tx, appId, "release:proven", { version }, draft.actor);
    return id;
  }
}

async function one(sql: Sql, condition: string, values: unknown[]): Promise<Release | null> {
  const [release] = await sql.query<Release>(
    `select ${columns} from release_now where ${condition} order by version desc limit 1`,
    values,
  );
  return release ?? null;
}

/** One release an app; each is looked up by itself, however many releases there are. */
function newestOf(sql: Sql, wanted: string, appIds: AppIds): Promise<Release[]> {
  const { condition, values } = ofApps("a.id", appIds);
  return sql.query<Release>(
    `select newest.* from apps a cross join lateral (
       select ${columns} from release_now where app_id = a.id and ${wanted} order by version desc limit 1) newest
     where ${condition}`,
    values,
  );
}

async function readConfig(sql: Sql, cipher: Cipher, releaseId: string): Promise<Config> {
  const [row] = await sql.query<{ config: Buffer }>("select config from releases where id = $1", [releaseId]);
  if (!row) throw notFound("The release is gone.");
  return cipher.open(row.config, releaseId);
}

async function clearPending(
  tx: Sql,
  appId: string,
  by: number,
  whenPending: LineOptions["whenPending"],
): Promise<void> {
  const pending = await one(tx, "app_id = $1 and state = 'pending'", [appId]);
  if (!pending) return;
  if (whenPending === "refuse")
    throw new PaasError(
      "busy",
      `v${pending.version} (${pending.description}) is being released. Wait for it, or paas rollback.`,
      {
        detail: { version: pending.version },
      },
    );
  await endRelease(tx, pending, "failed", `superseded by v${by}`);
}

async function endRelease(
  tx: Sql,
  release: Release,
  state: "proven" | "failed",
  reason: string | null,
): Promise<boolean> {
  const now = await one(tx, "id = $1", [release.id]);
  if (now?.state !== "pending") return false;
  await tx.query("insert into release_states (release_id, state, reason) values ($1, $2, $3)", [
    release.id,
    state,
    reason,
  ]);
  if (state === "proven") await writeEvent(tx, release.appId, "release:proven", { version: release.version });
  else
    await writeEvent(tx, release.appId, "release:failed", { version: release.version, reason: reason ?? "" });
  return true;
}

async function finishBuild(tx: Sql, { build, result }: NonNullable<LineOptions["build"]>): Promise<void> {
  if (!(await endBuild(tx, build, "succeeded", null, result)))
    throw new PaasError("conflict", "The build was ended meanwhile; push again.");
}
