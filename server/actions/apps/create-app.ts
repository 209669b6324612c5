import { type App, checkAppName } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** A new app with its repository and its hostname. Its network comes with its first instance. */
export async function createApp(ctx: Context, actor: Actor, name: string): Promise<App> {
  const app = await ctx.store.apps.create(checkAppName(name), actor.name);
  await ctx.repositories.create(app.id);
  await ctx.routing.refresh(app.id);
  return app;
}
