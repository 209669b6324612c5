import { PaasError } from "../../core/error";
import { newId } from "../../core/id";
import { hasCommand, type Release } from "../../core/release";
import { endBuild } from "./builds";
import type { Cipher } from "./cipher";
import type { Sql } from "./database";
import { writeEvent } from "./events";
import { planCommand } from "./release-commands";
import type { Draft, LineOptions } from "./release-draft";
import { oneRelease } from "./release-rows";

/** Writes a release with its first state and its command; returns its id. */
export async function insertRelease(
  tx: Sql,
  cipher: Cipher,
  appId: string,
  version: number,
  parent: number | null,
  draft: Draft,
): Promise<string> {
  const id = newId();
  await tx.query(
    `insert into releases (id, app_id, version, build_id, image, commit, ref, process_types, config, config_names, reason, description, actor, parent_version, health_checks, cron)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      id,
      appId,
      version,
      draft.buildId,
      draft.image,
      draft.commit,
      draft.ref,
      draft.processTypes,
      cipher.seal(draft.config, id),
      Object.keys(draft.config.reveal()).sort(),
      draft.reason,
      draft.description,
      draft.actor,
      parent,
      draft.healthChecks,
      JSON.stringify(draft.cron),
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

/** Before version `by` comes: refuses when a release is pending, or fails that one. */
export async function clearPending(
  tx: Sql,
  appId: string,
  by: number,
  whenPending: LineOptions["whenPending"],
): Promise<void> {
  const pending = await oneRelease(tx, "app_id = $1 and state = 'pending'", [appId]);
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

/** False when it is no longer pending. */
export async function endRelease(
  tx: Sql,
  release: Release,
  state: "proven" | "failed",
  reason: string | null,
): Promise<boolean> {
  const now = await oneRelease(tx, "id = $1", [release.id]);
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

/** Ends the build of a release; throws `conflict` when it had ended. */
export async function finishBuild(
  tx: Sql,
  { build, result }: NonNullable<LineOptions["build"]>,
): Promise<void> {
  if (!(await endBuild(tx, build, "succeeded", null, result)))
    throw new PaasError("conflict", "The build was ended meanwhile; push again.");
}
