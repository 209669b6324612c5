import { invalid } from "./error";

/** What an app wants of TLS. Of the app, not of a release. */
export interface TlsPolicy {
  /** Sends http to https, for hosts that have a certificate. */
  redirect: boolean;
  /** Strict-Transport-Security over https; null: not sent. */
  hsts: Hsts | null;
  /** Gets certificates for the app's hosts from an ACME authority, and renews them. */
  auto: boolean;
}

export interface Hsts {
  days: number;
  subdomains: boolean;
  preload: boolean;
}

/** HSTS is off: browsers remember it, so that it cannot be undone when TLS fails. */
export const defaultTlsPolicy: TlsPolicy = { redirect: true, hsts: null, auto: false };

/** Words as people write them; what is absent stays. */
export interface TlsWords {
  /** `on` or `off`. */
  redirect?: string | undefined;
  /** `off`, or days with `includeSubDomains` and `preload`: `180d`, `730d,subdomains,preload`. */
  hsts?: string | undefined;
}

const maxDays = 3_650;
/** What browsers' preload lists want at least. */
const preloadDays = 365;

/** Applies the words of `certs:policy --redirect on --hsts 180d`; throws `invalid` for others. */
export function applyTlsWords(policy: TlsPolicy, { redirect, hsts }: TlsWords): TlsPolicy {
  return {
    ...policy,
    redirect: redirect === undefined ? policy.redirect : readSwitch(redirect),
    hsts: hsts === undefined ? policy.hsts : readHsts(hsts),
  };
}

/** The policy as words that `applyTlsWords` takes. */
export function tlsWords({ redirect, hsts }: TlsPolicy): { redirect: string; hsts: string } {
  const more = hsts ? [hsts.subdomains && "subdomains", hsts.preload && "preload"] : [];
  return {
    redirect: redirect ? "on" : "off",
    hsts: hsts ? [`${hsts.days}d`, ...more.filter((word) => word !== false)].join(",") : "off",
  };
}

/** The header's value (RFC 6797). */
export function hstsHeader({ days, subdomains, preload }: Hsts): string {
  return `max-age=${days * 86_400}${subdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}

function readSwitch(word: string): boolean {
  if (word !== "on" && word !== "off")
    throw invalid(`${JSON.stringify(word.slice(0, 20))}: write on or off.`);
  return word === "on";
}

function readHsts(word: string): Hsts | null {
  if (word === "off") return null;
  const [, digits, more = ""] = /^(\d{1,4})d((?:,subdomains|,preload)*)$/.exec(word) ?? [];
  const days = Number(digits ?? "0");
  if (days < 1 || days > maxDays)
    throw invalid(
      `${JSON.stringify(word.slice(0, 40))} is no HSTS: write off, 180d or 730d,subdomains,preload (at most ${maxDays}d).`,
    );
  const hsts = { days, subdomains: more.includes("subdomains"), preload: more.includes("preload") };
  if (hsts.preload && !(hsts.subdomains && days >= preloadDays))
    throw invalid(
      `Preload lists want subdomains and at least ${preloadDays}d: write ${preloadDays}d,subdomains,preload.`,
    );
  return hsts;
}
