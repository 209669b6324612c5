import { type ChallengeType, challengeFor } from "../../core/acme";
import type { App } from "../../core/app";
import { covers } from "../../core/hostname";
import { renewalTime } from "../../core/renewal";
import { appHostname } from "../../core/route";
import type { Certificate } from "../store/certificates";

export interface WantedHost {
  hostname: string;
  appId: string;
}

/** What decides which hosts an authority can be asked for. */
export interface Asking {
  platformDomain: string;
  /** Challenges that can be met here. */
  challenges: readonly ChallengeType[];
  nowMs: number;
}

/**
 * The hosts that want automatic certificates: those of apps with `certs:auto on`, but those that cannot be proven here, names that
 * no authority knows, and what a certificate of people's own serves until its own renewal is due.
 */
export function wantedHosts(
  apps: readonly App[],
  domains: readonly WantedHost[],
  certificates: readonly Certificate[],
  { platformDomain, challenges, nowMs }: Asking,
): WantedHost[] {
  const served = (host: WantedHost) =>
    certificates.some(
      ({ own, appId, hostnames, ...life }) =>
        own &&
        appId === host.appId &&
        renewalTime(life) > nowMs &&
        hostnames.some((name) => covers(name, host.hostname)),
    );
  return apps
    .filter((app) => app.tls.auto)
    .flatMap(({ id, name }) => [
      { hostname: appHostname(name, platformDomain), appId: id },
      ...domains.filter(({ appId }) => appId === id),
    ])
    .filter(
      (host) => isPublic(host.hostname) && challenges.includes(challengeFor(host.hostname)) && !served(host),
    );
}

/** Names that no public DNS has (RFC 2606, 6761) but `.test`, which labs use. */
const isPublic = (hostname: string): boolean =>
  !/(^|\.)(localhost|local|internal|invalid|example)$/.test(hostname);
