import type { App } from "../../../core/app";
import { conflict, notFound } from "../../../core/error";
import { checkHostname, spellHostname } from "../../../core/hostname";
import { httpPolicyOf, withinHosts } from "../../../core/http-settings";
import { type Actor, may } from "../../../core/policy";
import { appHostname } from "../../../core/route";
import type { Context } from "../context";
import { hostsOf } from "./certificate-holder";

/**
 * Gives the app a hostname, or a wildcard. What overlaps with another app's (`www.example.com` below its `*.example.com`) takes
 * requests away from it, so the actor must own both. Returns the name in its one spelling.
 */
export async function addDomain(ctx: Context, actor: Actor, app: App, hostname: string): Promise<string> {
  const name = checkHostname(hostname, ctx.settings.domain);
  if ((await hostsOf(ctx, { app })).includes(name))
    throw conflict(`${name} is a domain of ${app.name} already.`);
  await ctx.store.domains.add(app.id, name, actor.name, (others) => {
    const foreign = others.find(({ appId }) => may(actor, "domains:write", appId) !== "yes");
    if (foreign)
      throw conflict(
        `${name} overlaps with ${foreign.hostname}, a domain of another app on this platform: its owner must add ${name}.`,
      );
  });
  await ctx.routing.refresh(app.id);
  ctx.renewals.nudge();
  return name;
}

export async function removeDomain(ctx: Context, actor: Actor, app: App, hostname: string): Promise<void> {
  await checkNoneIsSentTo(ctx, app, spellHostname(hostname));
  if (spellHostname(hostname) === appHostname(app.name, ctx.settings.domain))
    throw conflict(`${hostname} goes with the name of ${app.name}: it cannot be removed.`);
  if (!(await ctx.store.domains.remove(app.id, spellHostname(hostname), actor.name)))
    throw notFound(`${hostname} is not a domain of ${app.name}: see paas domains.`);
  await ctx.routing.refresh(app.id);
}

async function checkNoneIsSentTo(ctx: Context, app: App, hostname: string): Promise<void> {
  const policy = httpPolicyOf(await ctx.store.httpSettings.read(app.id));
  const left = (await hostsOf(ctx, { app })).filter((host) => host !== hostname);
  const kept = withinHosts(policy, () => left);
  const names = [
    ...(kept.canonicalHost === policy.canonicalHost ? [] : ["canonical-host"]),
    ...(Object.keys(kept.redirects ?? {}).length === Object.keys(policy.redirects ?? {}).length
      ? []
      : ["redirects"]),
  ];
  if (names.length > 0)
    throw conflict(
      `Requests are sent to ${hostname}: change that first, with paas http:set or paas http:unset ${names.join(" ")} -a ${app.name}.`,
    );
}
