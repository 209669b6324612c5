import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import { createApp } from "../../actions/apps/create-app";
import { destroyApp } from "../../actions/apps/destroy-app";
import type { Context } from "../../actions/context";

/** All apps, whoever may see them. */
export interface Apps {
  listApps(): Promise<App[]>;
  findApp(name: string): Promise<App | null>;
  createApp(actor: Actor, name: string): Promise<App>;
  destroyApp(actor: Actor, app: App): Promise<void>;
}

export const appsOf = (ctx: Context): Apps => ({
  listApps: () => ctx.store.apps.list(),
  findApp: (name) => ctx.store.apps.byName(name),
  createApp: (...args) => createApp(ctx, ...args),
  destroyApp: (...args) => destroyApp(ctx, ...args),
});
