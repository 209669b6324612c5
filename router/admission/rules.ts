import { AddressRanges } from "../../core/address-ranges";
import { wildcardOf } from "../../core/hostname";
import type { HttpPolicy } from "../../core/http-policy";
import { type FaultName, isOfApp } from "../fault";
import { hostnameOf } from "../host-header";

/** What an app wants of the requests to it, made ready for each of them. */
export class Rules {
  readonly policy: HttpPolicy;
  readonly #pages: Readonly<Record<string, string>>;
  readonly #allow: AddressRanges | undefined;
  readonly #deny: AddressRanges;
  /** Hostnames that requests are sent to: none of those is sent on. */
  readonly #ends: ReadonlySet<string>;

  /** `pages` are those of the table. */
  constructor(policy: HttpPolicy, pages: Readonly<Record<string, string>> = {}) {
    this.#pages = pages;
    this.policy = policy;
    this.#allow = policy.allow && new AddressRanges(policy.allow);
    this.#deny = new AddressRanges(policy.deny ?? []);
    this.#ends = new Set([policy.canonicalHost ?? [], ...Object.values(policy.redirects ?? {})].flat());
  }

  /** The app's own HTML page for a fault. */
  pageFor(fault: FaultName): string | undefined {
    const { error = "", maintenance = "" } = this.policy.pages ?? {};
    return this.#pages[fault === "maintenance" ? maintenance : isOfApp(fault) ? error : ""];
  }

  /** Whether a client of this address may ask at all. */
  lets(address: string): boolean {
    return (this.#allow?.includes(address) ?? true) && !this.#deny.includes(address);
  }

  /** The hostname that requests with this Host header are sent to; undefined: they are served. */
  hostInsteadOf(hostHeader: string): string | undefined {
    if (this.#ends.size === 0) return undefined;
    const hostname = hostnameOf(hostHeader);
    if (this.#ends.has(hostname)) return undefined;
    const { redirects = {}, canonicalHost } = this.policy;
    return redirects[hostname] ?? redirects[wildcardOf(hostname) ?? ""] ?? canonicalHost;
  }
}
