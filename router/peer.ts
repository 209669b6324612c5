import { type AddressRanges, plainAddress } from "../core/address-ranges";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { RequestIds } from "./request-ids";

/** What a connection tells of whoever opened it. */
export interface ClientFacts {
  scheme: "http" | "https";
  /** The peer's address; an IPv4 client of an IPv6 socket in its own form. */
  address: string;
  /** The port it came to. */
  port: number;
}

/** Where a request came from: for the app, the access log, and whatever is judged by it. */
export interface Origin {
  /** The client's address. */
  address: string;
  scheme: ClientFacts["scheme"];
  requestId: string;
  /** The lines that tell the app of it, each with its end. */
  lines: string;
  /** X-Forwarded-Host, if a proxy says another one than the Host header does. */
  host: string | undefined;
  /** X-Request-Start as a proxy gave it; undefined: it begins here. */
  start: string | undefined;
}

export interface PeerParts {
  /** Whose word on their clients counts. */
  proxies: AddressRanges;
  requestIds: RequestIds;
}

/** Entries of X-Forwarded-For that are looked at. */
const mostHops = 32;

/**
 * Whoever opened a connection. What a client says of itself is never believed; a proxy that was configured is believed what it says of its
 * clients: the newest entry of X-Forwarded-For that is no such proxy is the client, and what stands before it anybody may have written.
 */
export class Peer {
  readonly #facts: ClientFacts;
  readonly #proxies: AddressRanges;
  readonly #ids: RequestIds;
  readonly #isProxy: boolean;
  readonly #lines: string;

  constructor(facts: ClientFacts, { proxies, requestIds }: PeerParts) {
    this.#facts = facts;
    this.#proxies = proxies;
    this.#ids = requestIds;
    this.#isProxy = proxies.includes(facts.address);
    this.#lines = linesOf(facts);
  }

  originOf(head: RequestHead): Origin {
    if (this.#isProxy) return this.#toldBy(head.fields);
    const { address, scheme } = this.#facts;
    return {
      address,
      scheme,
      requestId: this.#ids.next(),
      lines: this.#lines,
      host: undefined,
      start: undefined,
    };
  }

  #toldBy(fields: Fields): Origin {
    const told = (name: string) => fields.named(name).at(-1)?.split(",").at(-1)?.trim() ?? "";
    const proto = told("x-forwarded-proto").toLowerCase();
    const scheme = proto === "http" || proto === "https" ? proto : this.#facts.scheme;
    const port = portOf(told("x-forwarded-port"), proto, this.#facts.port);
    const address = this.#clientOf(fields.named("x-forwarded-for"));
    const host = told("x-forwarded-host");
    const start = told("x-request-start");
    return {
      address,
      scheme,
      requestId: requestIdIn(fields) ?? this.#ids.next(),
      lines: linesOf({ address, scheme, port }),
      host: hostPattern.test(host) ? host : undefined,
      start: startPattern.test(start) ? start : undefined,
    };
  }

  /** From the right: each entry was written by the one after it, so that it holds as long as that is a proxy of ours. */
  #clientOf(lines: readonly string[]): string {
    let client = this.#facts.address;
    for (const entry of lines.join(",").split(",").slice(-mostHops).reverse()) {
      const address = addressIn(entry.trim());
      if (address === null) break;
      client = address;
      if (!this.#proxies.includes(address)) break;
    }
    return client;
  }
}

const requestIdPattern = /^[A-Za-z0-9+/=._-]{16,128}$/;
const hostPattern = /^[A-Za-z0-9._[\]:-]{1,255}$/;
/** Milliseconds since 1970 (Heroku), or seconds with `t=` (nginx). */
const startPattern = /^(t=)?\d{10,19}(\.\d{1,6})?$/;

/** The proxy's request id when it is well-formed. */
function requestIdIn(fields: Fields): string | undefined {
  const given = fields.first(kinds.requestId);
  return given !== undefined && requestIdPattern.test(given) ? given : undefined;
}

const linesOf = ({ address, scheme, port }: ClientFacts): string =>
  `X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Port: ${port}\r\n`;

/** `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1` and `[2001:db8::1]:443`; null for what is no address. */
function addressIn(entry: string): string | null {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(entry) ?? [];
  return plainAddress(bracketed ?? dotted ?? entry);
}

/** A proxy that says only the scheme means its standard port. */
function portOf(told: string, proto: string, own: number): number {
  if (/^\d{1,5}$/.test(told) && Number(told) <= 65_535) return Number(told);
  return proto === "https" ? 443 : proto === "http" ? 80 : own;
}
