import type { ChallengeType } from "../../../core/acme";
import type { Actor } from "../../../core/policy";
import type { AcmeOrder } from "../../store/acme";
import type { Context } from "../context";
import { appIdOf, changeTls, type Holder, hostsOf, platformHolder, tlsOf } from "./certificate-holder";

/** How automatic certificates stand with an app, or with the platform. */
export interface Automatic {
  on: boolean;
  orders: (AcmeOrder & { challenge: ChallengeType })[];
  /** Wildcard domains, when there is no DNS hook to prove them. */
  wildcards: string[];
}

export async function readAutomatic(ctx: Context, holder: Holder): Promise<Automatic> {
  const { auto } = tlsOf(holder);
  const { challengeFor } = ctx.renewals;
  const orders = (auto ? await ctx.store.acme.ordersOf(appIdOf(holder)) : []).flatMap((order) => {
    const challenge = challengeFor(order.hostname);
    return challenge === null ? [] : [{ ...order, challenge }];
  });
  const hosts = holder.app ? await hostsOf(ctx, holder) : [];
  const wildcards = hosts.filter((host) => challengeFor(host) === null);
  return { on: auto, orders, wildcards };
}

/** Turns them on or off. On where they are on already tries at once what failed before. Off keeps what there is until it expires. */
export async function setAutomatic(
  ctx: Context,
  actor: Actor,
  holder: Holder,
  on: boolean,
): Promise<Automatic> {
  if (on) await ctx.renewals.ensureKey();
  const { tls } = await changeTls(ctx, actor, holder, (policy) => ({ ...policy, auto: on }));
  await ctx.routing.refresh(appIdOf(holder));
  await ctx.renewals.want();
  if (on) await ctx.store.acme.hurry(appIdOf(holder));
  ctx.renewals.nudge();
  return readAutomatic(ctx, holder.app ? { app: { ...holder.app, tls } } : await platformHolder(ctx));
}
