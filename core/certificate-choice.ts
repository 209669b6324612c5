import { covers } from "./hostname";

/** A certificate as far as it matters which one is served. */
export interface Candidate {
  id: string;
  /** Whose hosts it serves; null: those of every app, and the platform's own. */
  appId: string | null;
  hostnames: string[];
  /** Added by people, not got by ACME. */
  own: boolean;
  expired: boolean;
  notAfter: Date;
}

/**
 * Which certificate is served for which name (or wildcard) that a client may ask for. One of an app serves that app's hosts only, so
 * that a fault of one app's certificates is nobody else's; the platform's own serve where an app has none.
 * In order of preference: the app's; not expired; added by people; valid for longest.
 */
export function chooseCertificates(
  hosts: Record<string, string>,
  candidates: readonly Candidate[],
): Record<string, string> {
  const hostsOf = new Map<string, string[]>();
  for (const [host, appId] of Object.entries(hosts)) {
    const list = hostsOf.get(appId);
    if (list) list.push(host);
    else hostsOf.set(appId, [host]);
  }
  const chosen: Record<string, string> = {};
  for (const candidate of [...candidates].sort(worseFirst)) {
    const served =
      candidate.appId === null
        ? candidate.hostnames
        : namesFor(candidate, hostsOf.get(candidate.appId) ?? []);
    for (const name of served) chosen[name] = candidate.id;
  }
  return chosen;
}

/** The hosts that it stands for, and the names it has below a wildcard of the app. */
function namesFor({ hostnames }: Candidate, hosts: string[]): string[] {
  const named = hosts.filter((host) => hostnames.some((name) => covers(name, host)));
  const below = hostnames.filter((name) => hosts.some((host) => host !== name && covers(host, name)));
  return [...named, ...below];
}

function worseFirst(a: Candidate, b: Candidate): number {
  return (
    Number(a.appId !== null) - Number(b.appId !== null) ||
    Number(b.expired) - Number(a.expired) ||
    Number(a.own) - Number(b.own) ||
    a.notAfter.getTime() - b.notAfter.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}
