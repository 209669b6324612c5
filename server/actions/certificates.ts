import type { App } from "../../core/app";
import { type CertificateFacts, readCertificate } from "../../core/certificate";
import { conflict, invalid, notFound } from "../../core/error";
import { covers } from "../../core/hostname";
import type { Actor } from "../../core/policy";
import { appHostname, type RouteTable } from "../../core/route";
import { applyTlsWords, type TlsPolicy, type TlsWords } from "../../core/tls-policy";
import type { Certificate } from "../store/certificates";
import type { Context } from "./context";

/** A certificate, and the names that it is served for now. */
export interface ServedCertificate extends Certificate {
  serves: string[];
}

/** Those of the app, and those that ACME has got for it; the one that ends first comes first. */
export async function listCertificates(ctx: Context, app: App): Promise<ServedCertificate[]> {
  const [certificates, table] = await Promise.all([
    ctx.store.certificates.list(app.id),
    ctx.store.routes.table(ctx.settings.domain),
  ]);
  return certificates.map((certificate) => withServed(certificate, table));
}

/** The names it is served for, sorted. */
export function withServed(certificate: Certificate, table: RouteTable): ServedCertificate {
  const served = Object.entries(table.certificates ?? {}).filter(([, id]) => id === certificate.id);
  return { ...certificate, serves: served.map(([name]) => name).sort() };
}

/** Takes a certificate of people's own for the app's hosts; throws `invalid` for what no browser would take. */
export async function addCertificate(
  ctx: Context,
  actor: Actor,
  app: App,
  { chain, key }: { chain: string; key: string },
): Promise<ServedCertificate> {
  const { pair, facts } = readCertificate(chain, key, new Date());
  await checkHosts(ctx, app, facts);
  const added = await ctx.store.certificates.add({ appId: app.id, own: true, pair, facts }, actor.name);
  await ctx.routing.refresh();
  return withServed(added, await ctx.store.routes.table(ctx.settings.domain));
}

export async function removeCertificate(ctx: Context, actor: Actor, app: App, id: string): Promise<void> {
  const certificate = await ctx.store.certificates.find(app.id, id);
  if (!certificate) throw notFound(`${app.name} has no certificate ${JSON.stringify(id)}: see paas certs.`);
  if (!certificate.own && app.tls.auto)
    throw conflict(
      `${id} is renewed automatically: paas certs:auto off ends that and keeps it until it expires.`,
    );
  await ctx.store.certificates.remove(app.id, id, actor.name);
  await ctx.routing.refresh();
}

/** Changes how the app treats http, and what it tells browsers over https; routers hear of it at once. */
export async function setTlsPolicy(
  ctx: Context,
  actor: Actor,
  app: App,
  words: TlsWords,
): Promise<{ tls: TlsPolicy; previous: TlsPolicy }> {
  const changed = await ctx.store.apps.changeTls(app.id, actor.name, (policy) =>
    applyTlsWords(policy, words),
  );
  await ctx.routing.refresh();
  return changed;
}

/** The app's own hostname, and its domains. */
export async function hostsOf(ctx: Context, app: App): Promise<string[]> {
  return [appHostname(app.name, ctx.settings.domain), ...(await ctx.store.domains.list(app.id))];
}

async function checkHosts(ctx: Context, app: App, { hostnames }: CertificateFacts): Promise<void> {
  const hosts = await hostsOf(ctx, app);
  if (hosts.some((host) => hostnames.some((name) => covers(name, host) || covers(host, name)))) return;
  throw invalid(
    `The certificate is for ${hostnames.join(", ")}, and ${app.name} answers at ${hosts.join(", ")} only: add its domain first, with paas domains:add ${hostnames[0]} -a ${app.name}.`,
  );
}
