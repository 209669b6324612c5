import type { App } from "../../core/app";
import { type CertificateFacts, readCertificate } from "../../core/certificate";
import { conflict, invalid, notFound } from "../../core/error";
import { covers } from "../../core/hostname";
import type { Actor } from "../../core/policy";
import { appHostname, platformHostname, type RouteTable } from "../../core/route";
import { applyTlsWords, type TlsPolicy, type TlsWords } from "../../core/tls-policy";
import type { Certificate } from "../store/certificates";
import type { Context } from "./context";

/** A certificate, and the names that it is served for now. */
export interface ServedCertificate extends Certificate {
  serves: string[];
}

/** Whose it is: an app's, or the platform's own, which stands for its own host and for apps that have none. */
type Owner = App | null;

/** Those of the owner, and those that ACME has got for it; the one that ends first comes first. */
export async function listCertificates(ctx: Context, owner: Owner): Promise<ServedCertificate[]> {
  const [certificates, table] = await Promise.all([
    ctx.store.certificates.list(owner?.id ?? null),
    ctx.store.routes.table(ctx.settings.domain),
  ]);
  return certificates.map((certificate) => withServed(certificate, table));
}

/** The names it is served for, sorted. */
function withServed(certificate: Certificate, table: RouteTable): ServedCertificate {
  const served = Object.entries(table.certificates ?? {}).filter(([, id]) => id === certificate.id);
  return { ...certificate, serves: served.map(([name]) => name).sort() };
}

/** Takes a certificate of people's own for the owner's hosts; throws `invalid` for what no browser would take. */
export async function addCertificate(
  ctx: Context,
  actor: Actor,
  owner: Owner,
  { chain, key }: { chain: string; key: string },
): Promise<ServedCertificate> {
  const { pair, facts } = readCertificate(chain, key, new Date());
  if (owner) await checkHosts(ctx, owner, facts);
  else checkPlatformHost(ctx, facts);
  const wish = { appId: owner?.id ?? null, own: true, pair, facts };
  const added = await ctx.store.certificates.add(wish, actor.name);
  await ctx.routing.refresh();
  return withServed(added, await ctx.store.routes.table(ctx.settings.domain));
}

export async function removeCertificate(ctx: Context, actor: Actor, owner: Owner, id: string): Promise<void> {
  const certificate = await ctx.store.certificates.find(owner?.id ?? null, id);
  if (!certificate)
    throw notFound(
      `${owner?.name ?? "The platform"} has no certificate ${JSON.stringify(id)}: see paas certs.`,
    );
  if (!certificate.own && owner?.tls.auto)
    throw conflict(
      `${id} is renewed automatically: paas certs:auto off ends that and keeps it until it expires.`,
    );
  await ctx.store.certificates.remove(certificate.appId, id, actor.name);
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

function checkPlatformHost({ settings }: Context, { hostnames }: CertificateFacts): void {
  const host = platformHostname(settings.domain);
  if (hostnames.some((name) => covers(name, host))) return;
  throw invalid(
    `The certificate is for ${hostnames.join(", ")}, and the platform answers at ${host}: get one for that, or for *.${settings.domain}, which serves apps too.`,
  );
}

async function checkHosts(ctx: Context, app: App, { hostnames }: CertificateFacts): Promise<void> {
  const hosts = await hostsOf(ctx, app);
  if (hosts.some((host) => hostnames.some((name) => covers(name, host) || covers(host, name)))) return;
  throw invalid(
    `The certificate is for ${hostnames.join(", ")}, and ${app.name} answers at ${hosts.join(", ")} only: add its domain first, with paas domains:add ${hostnames[0]} -a ${app.name}.`,
  );
}
