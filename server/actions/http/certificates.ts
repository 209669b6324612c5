import { type CertificateFacts, readCertificate } from "../../../core/certificate";
import { conflict, invalid, notFound } from "../../../core/error";
import { covers } from "../../../core/hostname";
import type { Actor } from "../../../core/policy";
import { applyTlsWords, type TlsPolicy, type TlsWords } from "../../../core/tls-policy";
import type { Certificate } from "../../store/certificates";
import type { Context } from "../context";
import { appIdOf, changeTls, flagOf, type Holder, hostsOf, nameOf, tlsOf } from "./certificate-holder";

/** A certificate, and the names that it is served for now. */
export interface ServedCertificate extends Certificate {
  serves: string[];
}

/** Those that people added, and those that ACME has got; the one that ends first comes first. */
export async function listCertificates(ctx: Context, holder: Holder): Promise<ServedCertificate[]> {
  const [certificates, named] = await Promise.all([
    ctx.store.certificates.list(appIdOf(holder)),
    namedBy(ctx, holder),
  ]);
  return certificates.map((certificate) => withServed(certificate, named));
}

const namedBy = (ctx: Context, holder: Holder): Promise<Record<string, string>> =>
  ctx.store.routes.certificates(appIdOf(holder), ctx.settings.domain);

/** The names it is served for, sorted. */
function withServed(certificate: Certificate, named: Record<string, string>): ServedCertificate {
  const served = Object.entries(named).filter(([, id]) => id === certificate.id);
  return { ...certificate, serves: served.map(([name]) => name).sort() };
}

/** Takes a certificate of people's own; throws `invalid` for what no browser would take. */
export async function addCertificate(
  ctx: Context,
  actor: Actor,
  holder: Holder,
  { chain, key }: { chain: string; key: string },
): Promise<ServedCertificate> {
  const { pair, facts } = readCertificate(chain, key, new Date());
  await checkHosts(ctx, holder, facts);
  const appId = appIdOf(holder);
  const added = await ctx.store.certificates.add({ appId, own: true, pair, facts }, actor.name);
  await ctx.routing.refresh(appIdOf(holder));
  return withServed(added, await namedBy(ctx, holder));
}

export async function removeCertificate(
  ctx: Context,
  actor: Actor,
  holder: Holder,
  id: string,
): Promise<void> {
  const certificate = await ctx.store.certificates.find(appIdOf(holder), id);
  if (!certificate)
    throw notFound(
      `${nameOf(holder)} has no certificate ${JSON.stringify(id)}: see paas certs ${flagOf(holder)}.`,
    );
  if (!certificate.own && tlsOf(holder).auto)
    throw conflict(
      `${id} is renewed automatically: paas certs:auto off ${flagOf(holder)} ends that and keeps it until it expires.`,
    );
  await ctx.store.certificates.remove(appIdOf(holder), id, actor.name);
  await ctx.routing.refresh(appIdOf(holder));
}

/** Changes how http is treated, and what it tells browsers over https; routers hear of it at once. */
export async function setTlsPolicy(
  ctx: Context,
  actor: Actor,
  holder: Holder,
  words: TlsWords,
): Promise<{ tls: TlsPolicy; previous: TlsPolicy }> {
  const changed = await changeTls(ctx, actor, holder, (policy) => applyTlsWords(policy, words));
  await ctx.routing.refresh(appIdOf(holder));
  return changed;
}

async function checkHosts(ctx: Context, holder: Holder, { hostnames }: CertificateFacts): Promise<void> {
  const hosts = await hostsOf(ctx, holder);
  if (hosts.some((host) => hostnames.some((name) => covers(name, host) || covers(host, name)))) return;
  const remedy = holder.app
    ? `add its domain first, with paas domains:add ${hostnames[0]} -a ${holder.app.name}`
    : "one for an app's domain is added with -a APP";
  throw invalid(
    `The certificate is for ${hostnames.join(", ")}, and ${nameOf(holder)} answers at ${hosts.join(", ")} only: ${remedy}.`,
  );
}
