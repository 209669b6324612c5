import { readAddressRanges } from "./address-ranges";
import { parseDuration } from "./duration";
import { conflict, invalid, isPaasError } from "./error";
import { covers, spellHostname } from "./hostname";
import { type AppProtocol, appProtocols, type HttpPolicy } from "./http-policy";
import { checkHttpSettingName, type HttpSettingName, type HttpSettings } from "./http-setting-words";

/** How the router treats an app's requests. Of the app, not of a release: what is wanted in an incident must not come back by a rollback. */
export interface HttpState {
  /** As people write them. */
  settings: HttpSettings;
  maintenance: boolean;
  /** Basic auth: name -> hash of the password; none: nobody is asked. */
  users: Record<string, string>;
}

export const defaultHttpState: HttpState = { settings: {}, maintenance: false, users: {} };

const kilo = 1_024;
const minute = 60_000;
const hour = 60 * minute;

const readers: { [name in HttpSettingName]: (word: string) => HttpPolicy } = {
  "body-limit": (word) => ({ bodyBytes: size(word, 1, kilo ** 4) }),
  "head-limit": (word) => ({ headBytes: size(word, kilo, 16 * kilo) }),
  "header-limit": (word) => ({ headFields: count(word, 8, 128) }),
  "idle-timeout": (word) => ({ idleMs: duration(word, 1_000, hour) }),
  "min-body-rate": (word) => ({ bodyRate: size(word, 0, kilo ** 3) }),
  connections: (word) => ({ connections: count(word, 1, 100_000) }),
  rate: (word) => ({ rate: rate(word) }),
  allow: (word) => ({ allow: ranges(word) }),
  deny: (word) => ({ deny: ranges(word) }),
  "canonical-host": (word) => ({ canonicalHost: hostname(word) }),
  protocol: (word) => ({ protocol: protocol(word) }),
  "error-page": page,
  "maintenance-page": page,
  redirects: (word) => ({ redirects: redirects(word) }),
  "instance-requests": (word) => ({ instanceRequests: count(word, 1, 10_000) }),
  queue: (word) => ({ queue: count(word, 0, 10_000) }),
  "queue-timeout": (word) => ({ queueMs: duration(word, 1_000, minute) }),
  "hold-timeout": (word) => ({ holdMs: word === "0" ? 0 : duration(word, 1_000, minute) }),
  "slow-start": (word) => ({ slowStartMs: duration(word, 1_000, 10 * minute) }),
  sticky: (word) => ({ sticky: isOn(word) }),
};

/** Applies changes: a word sets, null goes back to the default. Throws `invalid` for a name or a word that says nothing. */
export function changeHttpSettings(
  settings: HttpSettings,
  changes: Readonly<Record<string, string | null>>,
): HttpSettings {
  const next = { ...settings };
  for (const [key, word] of Object.entries(changes)) {
    const name = checkHttpSettingName(key);
    if (word === null) delete next[name];
    else {
      next[name] = checked(name, word);
    }
  }
  return next;
}

function checked(name: HttpSettingName, word: string): string {
  try {
    readers[name](word);
    return word;
  } catch (error) {
    throw isPaasError(error) ? invalid(`${name}: ${error.message}`) : error;
  }
}

/** The settings as routers are told. Throws `invalid` for a word that says nothing. */
export function httpPolicyOf({ settings, maintenance, users }: HttpState): HttpPolicy {
  const policies = Object.entries(settings).map(([name, word]) => readers[name as HttpSettingName](word));
  return {
    ...Object.assign({}, ...policies),
    ...(maintenance && { maintenance }),
    ...(Object.keys(users).length > 0 && { users }),
  };
}

/** Throws `conflict` when a redirect is not from one of the app's hostnames (`hosts`, wildcards among them) to another. */
export function checkRedirects(policy: HttpPolicy, hosts: readonly string[]): void {
  const known = (name: string) => hosts.some((host) => covers(host, name));
  const named = [policy.canonicalHost ?? [], ...Object.entries(policy.redirects ?? {})].flat();
  const foreign = named.find((name) => !known(name));
  if (foreign !== undefined)
    throw conflict(`${foreign} is no hostname of this app: add it first, with paas domains:add ${foreign}.`);
}

/** The policy without redirects to hostnames that are not the app's any more: nobody is sent to what may be another's by now. */
export function withinHosts(policy: HttpPolicy, hostsOf: () => readonly string[]): HttpPolicy {
  const { canonicalHost, redirects: all, ...rest } = policy;
  if (canonicalHost === undefined && all === undefined) return policy;
  const hosts = hostsOf();
  const known = (name: string) => hosts.some((host) => covers(host, name));
  const left = Object.entries(all ?? {}).filter(([, to]) => known(to));
  return {
    ...rest,
    ...(canonicalHost !== undefined && known(canonicalHost) && { canonicalHost }),
    ...(left.length > 0 && { redirects: Object.fromEntries(left) }),
  };
}

function size(word: string, least: number, most: number): number {
  const [, digits = "", unit = ""] = /^(\d{1,10})([kmg]?)$/.exec(word) ?? [];
  const bytes = digits === "" ? Number.NaN : Number(digits) * kilo ** " kmg".indexOf(unit || " ");
  if (bytes >= least && bytes <= most) return bytes;
  throw invalid(
    `${quoted(word)}: write a size from ${sizeText(least)} to ${sizeText(most)}, such as 8k or 50m.`,
  );
}

function count(word: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalid(`${quoted(word)}: write a whole number from ${least} to ${most}.`);
}

function isOn(word: string): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw invalid(`${quoted(word)}: write on or off.`);
}

function duration(word: string, leastMs: number, mostMs: number): number {
  const ms = parseDuration(word);
  if (ms >= leastMs && ms <= mostMs) return ms;
  throw invalid(`${quoted(word)}: write a duration from ${leastMs / 1_000}s to ${mostMs / 60_000}m.`);
}

function rate(word: string): { requests: number; perMs: number } {
  const [, digits = "", unit = ""] = /^([1-9]\d{0,6})\/([smh])$/.exec(word) ?? [];
  if (digits === "") throw invalid(`${quoted(word)} is no rate: write 100/s, 600/m or 1000/h.`);
  return { requests: Number(digits), perMs: parseDuration(`1${unit}`) };
}

function ranges(word: string): string[] {
  const read = readAddressRanges(word);
  if (read.length > 0 && read.length <= 1_000) return read;
  throw invalid(
    `${quoted(word)}: write from 1 to 1000 addresses or ranges, such as 10.0.0.0/8,2001:db8::/32.`,
  );
}

/** The server fetches it, and tells routers its content. */
function page(word: string): HttpPolicy {
  pageUrl(word);
  return {};
}

/** Throws `invalid` for what is no address of a page. */
export function pageUrl(word: string): URL {
  const url = word.length <= 500 && URL.canParse(word) ? new URL(word) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw invalid(`${quoted(word)} is no address of a page: write https://example.com/error.html.`);
  return url;
}

function hostname(word: string): string {
  const name = spellHostname(word);
  if (/^[a-z0-9.-]{1,253}$/.test(name)) return name;
  throw invalid(`${quoted(word)} is no hostname: write www.example.com, without http:// and port.`);
}

function redirects(word: string): Record<string, string> {
  const pairs = word.split(",").map((pair): [string, string] => {
    const [from = "", to = "", ...more] = pair.trim().split(":");
    if (more.length > 0 || to === "")
      throw invalid(`${quoted(pair)} is no redirect: write old.example.com:www.example.com.`);
    return [from.startsWith("*.") ? `*.${hostname(from.slice(2))}` : hostname(from), hostname(to)];
  });
  return Object.fromEntries(pairs);
}

function protocol(word: string): AppProtocol {
  const found = appProtocols.find((name) => name === word);
  if (found) return found;
  throw invalid(`${quoted(word)} is no protocol: write ${appProtocols.join(" or ")}.`);
}

const quoted = (word: string): string => JSON.stringify(word.slice(0, 60));

function sizeText(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.floor(Math.log(bytes) / Math.log(kilo));
  const unit = Math.min(power, 3);
  return `${bytes / kilo ** unit}${["", "k", "m", "g"][unit]}`;
}
