import { edgeLines, type Https, proofPage, redirectPage, secureStatus, secureUrl } from "../edge";
import type { ErrorPage } from "../error-pages";
import type { Exchange } from "../exchange";
import type { FaultName } from "../fault";
import type { RequestHead } from "../http1/request-head";
import type { Origin } from "../peer";
import { type Destination, hostnameOf } from "../table";
import { type Asked, type Check, checksWith, type Refusal } from "./checks";
import { type ClientCounts, clientOf } from "./client-counts";
import { loginIn, type Passwords } from "./passwords";

/** A request that wants to be admitted, whatever version of HTTP it came by. */
export interface Applicant {
  head: RequestHead;
  origin: Origin;
  exchange: Exchange;
}

/** The router's word on a request before any app is asked. */
export interface Verdict {
  /** What is answered in the app's place: a page, or that of a fault. Null: the request is admitted. */
  refusal: ErrorPage | FaultName | null;
  /** Lines of the router's own for the head of whatever is answered, each with its end. */
  lines: string;
}

export interface AdmissionOptions {
  https: Https;
  counts: ClientCounts;
  passwords: Passwords;
}

const admitted: Verdict = { refusal: null, lines: "" };

/**
 * Where a request is admitted or answered: each passes here once, when its head was read and nothing was sent on yet.
 *
 * INVARIANT: an authority's question for the proof of a hostname is answered whatever an app has set.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #checks: readonly Check[];

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#checks = checksWith(options.counts, options.https);
  }

  /** At once, but for a password that was not seen before. */
  judge({ head, origin, exchange }: Applicant, destination: Destination): Verdict | Promise<Verdict> {
    if (destination.kind === "platform") return admitted;
    const { tls, http: rules, appId } = destination;
    const lines = tls ? edgeLines(tls, origin.scheme) : "";
    const proof = tls ? proofPage(head.target, tls) : null;
    if (proof) return { refusal: proof, lines };
    if (rules === undefined || appId === null) {
      const url = tls ? secureUrl(head, origin.scheme, tls, this.#options.https) : null;
      if (url === null) return lines === "" ? admitted : { refusal: null, lines };
      return { refusal: redirectPage(secureStatus(head.method), url), lines };
    }
    const asked = { appId, rules, tls, head, origin, client: clientOf(origin.address) };
    const refusal = this.#refusalOf(asked, exchange);
    if (refusal instanceof Promise) return refusal.then((late) => verdictOf(late, lines));
    return verdictOf(refusal, lines);
  }

  #refusalOf(asked: Asked, exchange: Exchange): Refusal | null | Promise<Refusal | null> {
    for (const check of this.#checks) {
      const refusal = check(asked);
      if (refusal) return refusal;
    }
    const login = this.#login(asked);
    if (!(login instanceof Promise)) return login ?? this.#enter(asked, exchange);
    return login.then((refusal) => refusal ?? this.#enter(asked, exchange));
  }

  #login({ rules, head, client }: Asked): Refusal | null | Promise<Refusal | null> {
    const { users } = rules.policy;
    if (users === undefined) return null;
    const realm = `WWW-Authenticate: Basic realm="${hostnameOf(head.host ?? "")}", charset="UTF-8"\r\n`;
    const denied: Refusal = { page: "unauthorized", lines: realm };
    const login = loginIn(head.fields.named("authorization").at(-1));
    if (login === null) return denied;
    const checked = this.#options.passwords.check(login, users, client);
    if (checked === "busy") return { page: "tooManyRequests", lines: "Retry-After: 1\r\n" };
    if (typeof checked === "boolean") return checked ? null : denied;
    return checked.then(
      (isRight) => (isRight ? null : denied),
      () => ({ page: "platform" }),
    );
  }

  /** Counts the request under way until its exchange is over. */
  #enter({ rules, appId, client }: Asked, exchange: Exchange): Refusal | null {
    const { connections } = rules.policy;
    // A client may leave while its password is checked.
    if (connections === undefined || exchange.over) return null;
    const { counts } = this.#options;
    if (!counts.enter(appId, client, connections)) return { page: "tooManyConnections" };
    exchange.atEnd(() => counts.leave(appId, client));
    return null;
  }
}

const verdictOf = (refusal: Refusal | null, lines: string): Verdict =>
  refusal === null ? { refusal, lines } : { refusal: refusal.page, lines: lines + (refusal.lines ?? "") };
