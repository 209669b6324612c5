import type { App } from "../../core/app";
import { conflict, invalid, notFound } from "../../core/error";
import type { Actor } from "../../core/policy";
import type { Context } from "./context";

const labelPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The hostname in its one spelling; throws `invalid` with what is wrong. */
function checkHostname(hostname: string, domain: string): string {
  const name = hostname.trim().toLowerCase().replace(/\.$/, "");
  const labels = name.split(".");
  if (name.length > 253 || labels.length < 2 || !labels.every((label) => labelPattern.test(label)))
    throw invalid(
      `${JSON.stringify(hostname)} is not a hostname: write www.example.com, without http:// and port.`,
    );
  if (/^[\d.]+$/.test(name)) throw invalid(`${name} is an address, not a hostname.`);
  if (name.endsWith(`.${domain}`))
    throw conflict(`Hostnames below ${domain} belong to the apps of those names: choose one outside it.`);
  return name;
}

export async function addDomain(ctx: Context, actor: Actor, app: App, hostname: string): Promise<string> {
  const name = checkHostname(hostname, ctx.settings.domain);
  await ctx.store.domains.add(app.id, name, actor.name);
  await ctx.routing.refresh();
  return name;
}

export async function removeDomain(ctx: Context, actor: Actor, app: App, hostname: string): Promise<void> {
  if (!(await ctx.store.domains.remove(app.id, hostname.trim().toLowerCase(), actor.name)))
    throw notFound(`${hostname} is not a domain of ${app.name}: see paas domains.`);
  await ctx.routing.refresh();
}
