import type { App } from "../../core/app";
import { covers } from "../../core/hostname";
import { renewalTime } from "../../core/renewal";
import { appHostname } from "../../core/route";
import type { Certificate } from "../store/certificates";

export interface WantedHost {
  hostname: string;
  appId: string;
}

/**
 * The hosts that want automatic certificates: those of apps with `certs:auto on`, but wildcards (HTTP-01 proves single names only), names that
 * no authority knows, and what a certificate of people's own serves until its own renewal is due.
 */
export function wantedHosts(
  apps: readonly App[],
  domains: readonly WantedHost[],
  certificates: readonly Certificate[],
  platformDomain: string,
  nowMs: number,
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
    .filter((host) => isPublic(host.hostname) && !served(host));
}

/** Names that no public DNS has (RFC 2606, 6761) but `.test`, which labs use. */
const isPublic = (hostname: string): boolean =>
  !hostname.startsWith("*.") && !/(^|\.)(localhost|local|internal|invalid|example)$/.test(hostname);
