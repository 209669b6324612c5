import type { ChallengeType } from "../../core/acme";
import type { App } from "../../core/app";
import { covers } from "../../core/hostname";
import { reliedUntil, renewalTime } from "../../core/renewal";
import { appHostname, platformHostname } from "../../core/route";
import type { TlsPolicy } from "../../core/tls-policy";
import type { Certificate } from "../store/certificates";

export interface WantedHost {
  hostname: string;
  /** null: the platform's. */
  appId: string | null;
}

/** What there is in the ledger. */
export interface Present {
  apps: readonly App[];
  domains: readonly { hostname: string; appId: string }[];
  certificates: readonly Certificate[];
  /** Of the platform's own host. */
  platform: TlsPolicy;
}

/** What decides which hosts an authority can be asked for. */
export interface Asking {
  platformDomain: string;
  /** How a name is proven here; null: it cannot be. */
  challengeFor: (hostname: string) => ChallengeType | null;
  nowMs: number;
}

/**
 * The hosts that want automatic certificates: the platform's and those of apps with `certs:auto on`, but those that cannot be proven here,
 * names that no authority knows, and what another certificate serves anyway.
 */
export function wantedHosts(present: Present, asking: Asking): WantedHost[] {
  const { apps, domains, certificates, platform } = present;
  const ofApps = apps
    .filter((app) => app.tls.auto)
    .flatMap(({ id, name }) => [
      { hostname: appHostname(name, asking.platformDomain), appId: id },
      ...domains.filter(({ appId }) => appId === id),
    ]);
  return [...(platform.auto ? [platformHost(asking)] : []), ...ofApps].filter(
    (host) =>
      isPublic(host.hostname) &&
      asking.challengeFor(host.hostname) !== null &&
      !certificates.some((certificate) => serves(certificate, host, asking.nowMs)),
  );
}

/** All of its domain, if that can be proven: then apps need none for their own hostnames. Else where the API and git are. */
function platformHost({ platformDomain, challengeFor }: Asking): WantedHost {
  const whole = `*.${platformDomain}`;
  return { hostname: challengeFor(whole) === null ? platformHostname(platformDomain) : whole, appId: null };
}

/** Whether a certificate makes another one for a host needless: one that people added, until its own renewal is due, or the platform's. */
function serves({ own, appId, hostnames, ...life }: Certificate, host: WantedHost, nowMs: number): boolean {
  if (!hostnames.some((name) => covers(name, host.hostname))) return false;
  if (own && (appId === null || appId === host.appId)) return renewalTime(life) > nowMs;
  return appId === null && host.appId !== null && reliedUntil(life) > nowMs;
}

/** Names that no public DNS has (RFC 2606, 6761) but `.test`, which labs use. */
const isPublic = (hostname: string): boolean =>
  !/(^|\.)(localhost|local|internal|invalid|example)$/.test(hostname);
