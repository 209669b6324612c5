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
 * Which certificate of an app is served for which name (or wildcard) that a client may ask for. It serves that app's hosts only, so that a
 * fault of one app's certificates is nobody else's. In order of preference: not expired; added by people; valid for longest.
 */
export function chooseCertificates(
  hosts: readonly string[],
  candidates: readonly Candidate[],
): Record<string, string> {
  return choose(candidates, (candidate) => namesFor(candidate, hosts));
}

/** The same of the platform's own, which serve where an app has none. */
export const choosePlatformCertificates = (candidates: readonly Candidate[]): Record<string, string> =>
  choose(candidates, ({ hostnames }) => hostnames);

function choose(
  candidates: readonly Candidate[],
  namesOf: (candidate: Candidate) => string[],
): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const candidate of [...candidates].sort(worseFirst))
    for (const name of namesOf(candidate)) chosen[name] = candidate.id;
  return chosen;
}

/** The hosts that it stands for, and the names it has below a wildcard of the app. */
function namesFor({ hostnames }: Candidate, hosts: readonly string[]): string[] {
  const named = hosts.filter((host) => hostnames.some((name) => covers(name, host)));
  const below = hostnames.filter((name) => hosts.some((host) => host !== name && covers(host, name)));
  return [...named, ...below];
}

function worseFirst(a: Candidate, b: Candidate): number {
  return (
    Number(b.expired) - Number(a.expired) ||
    Number(a.own) - Number(b.own) ||
    a.notAfter.getTime() - b.notAfter.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}
