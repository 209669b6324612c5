import { rm } from "node:fs/promises";
import type { App } from "../../../core/app";
import { messageOf, PaasError } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

const graceMs = 10_000;
const acknowledgeLimitMs = 5_000;

/** Removes an app and all that is its: containers, network, images, repository, logs, rows. It pre-empts what is under way. */
export async function destroyApp(ctx: Context, actor: Actor, app: App): Promise<void> {
  await ctx.store.apps.markDestroying(app.id);
  ctx.store.notices.tell(app.id);
  await finishDestroying(ctx, app, actor.name);
}

/** Finishes destructions that a crash cut off; called at the server's start. */
export async function resumeDestroying(ctx: Context): Promise<void> {
  for (const app of await ctx.store.apps.destroying())
    await finishDestroying(ctx, app, "paas").catch((error: unknown) =>
      ctx.log.error(
        { app: app.id, err: messageOf(error) },
        "an app could not be destroyed; the next start tries again",
      ),
    );
}

/** Each step may have been done before; the row goes last, so that a crash leaves something to find the rest by. */
async function finishDestroying(ctx: Context, app: App, actor: string): Promise<void> {
  await leaveTable(ctx, app.id);
  await ctx.scheduler.forget(app.id);
  await ctx.deploys.cancel(app.id, `${app.name} is being destroyed`);
  const instances = await ctx.engine.list(app.id);
  await Promise.all(instances.map((instance) => ctx.engine.stop(instance.id, graceMs)));
  const commands = await ctx.engine.commands(app.id);
  await Promise.all(commands.map(({ releaseId }) => ctx.engine.stop(releaseId, graceMs)));
  await ctx.engine.removeRuns(app.id);
  await ctx.networks.remove(app.id);
  for (const ref of await ctx.images.list(app.id)) await ctx.images.remove(ref);
  for (const build of await ctx.store.builds.list(app.id, 10_000))
    await rm(ctx.deploys.outputFile(build.id), { force: true });
  await ctx.repositories.remove(app.id);
  await ctx.logs.remove(app.id);
  await ctx.store.apps.delete(app, actor);
  ctx.store.notices.tell(app.id);
}

/** Its network's addresses become other apps': no router may still send its requests there. Throws `unavailable` when one might. */
async function leaveTable(ctx: Context, appId: string): Promise<void> {
  const version = await ctx.routing.refresh(appId);
  const taken = await ctx.routers.waitAcknowledged(version, acknowledgeLimitMs);
  if (taken || ctx.routers.acknowledged(version)) return;
  throw new PaasError(
    "unavailable",
    `A router has not taken table ${version} yet, so the app's containers stay; the next start of the server removes them. See paas doctor.`,
  );
}
