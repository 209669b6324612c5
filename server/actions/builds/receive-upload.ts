import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import type { Actor } from "../../../core/policy";
import { noCommit, uploadRef } from "../../../core/push";
import { sourceLimits } from "../../../core/source-entry";
import { importUpload } from "../../repositories/import-upload";
import { uploadEntries } from "../../repositories/upload-entries";
import type { Context } from "../context";
import { checkSource, queueBuild } from "./queue-build";

/** Source that came without git. */
export interface Upload {
  /** What it is, in the words of who sends it, e.g. `directory shop`. */
  name: string;
  /** A tar, gzipped or not. */
  body: AsyncIterable<Buffer>;
}

/**
 * Deploys an archive as if it had been pushed: it becomes a commit in the app's repository, on a ref beside the branches, and all that
 * follows is the same. Resolves when the build is queued: from here on a crash loses nothing, and nobody needs to stay.
 */
export async function receiveUpload(ctx: Context, actor: Actor, app: App, upload: Upload): Promise<Build> {
  const from = performance.now();
  const [tip, settings] = await Promise.all([
    ctx.repositories.tip(app.id, uploadRef),
    ctx.store.buildSettings.read(app.id),
  ]);
  const commit = await importUpload(ctx.repositories, app.id, uploadEntries(upload.body, sourceLimits), {
    message: `Deploy ${upload.name}`,
    author: actor.name,
    parent: tip,
    keepTop: [settings.root, settings.dockerfile, settings.context].some((path) => path !== undefined),
  });
  await checkSource(ctx, app, commit);
  const parts = { ref: uploadRef, commit, oldCommit: tip ?? noCommit, upload: upload.name };
  return (await queueBuild(ctx, actor, app, parts, from)).build;
}
