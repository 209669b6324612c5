import { challengeFor } from "../../core/acme";
import type { App } from "../../core/app";
import type { Actor } from "../../core/policy";
import type { AcmeOrder } from "../store/acme";
import { hostsOf } from "./certificates";
import type { Context } from "./context";

/** How automatic certificates stand with an app. */
export interface Automatic {
  on: boolean;
  orders: AcmeOrder[];
  /** Wildcards, when there is no DNS hook to prove them. */
  wildcards: string[];
}

export async function readAutomatic(ctx: Context, app: App): Promise<Automatic> {
  const [orders, hosts] = await Promise.all([ctx.store.acme.orders(app.id), hostsOf(ctx, app)]);
  return {
    on: app.tls.auto,
    orders: app.tls.auto ? orders : [],
    wildcards: hosts.filter((host) => !ctx.renewals.challenges.includes(challengeFor(host))),
  };
}

/** Turns them on or off for the app. On where they are on already tries at once what failed before. Off keeps what there is until it expires. */
export async function setAutomatic(ctx: Context, actor: Actor, app: App, on: boolean): Promise<Automatic> {
  if (on) await ctx.renewals.ensureKey();
  const { tls } = await ctx.store.apps.changeTls(app.id, actor.name, (policy) => ({ ...policy, auto: on }));
  await ctx.routing.refresh();
  await ctx.renewals.want();
  if (on) await ctx.store.acme.hurry(app.id);
  ctx.renewals.nudge();
  return readAutomatic(ctx, { ...app, tls });
}
