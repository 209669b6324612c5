import { edgeLines, proofPage, redirectPage, secureStatus, secureUrl } from "../edge";
import type { ErrorPage } from "../error-pages";
import type { Exchange } from "../exchange";
import type { FaultName } from "../fault";
import type { RequestHead } from "../http1/request-head";
import type { Origin } from "../peer";
import type { Destination } from "../table";
import { type Asked, type Check, type CheckParts, checksWith, type Refusal } from "./checks";
import { clientOf } from "./client-counts";

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

const admitted: Verdict = { refusal: null, lines: "" };
/** The platform's own host has no rules but those of TLS. */
const unruled = { http: undefined, appId: null };

/**
 * Where a request is admitted or answered: each passes here once, when its head was read and nothing was sent on yet.
 *
 * INVARIANT: an authority's question for the proof of a hostname is answered whatever an app has set.
 */
export class Admission {
  readonly #parts: CheckParts;
  readonly #checks: readonly Check[];

  constructor(parts: CheckParts) {
    this.#parts = parts;
    this.#checks = checksWith(parts);
  }

  /** At once for apps without rules; else it may have to ask for counts, or to try a password. Never rejects. */
  judge({ head, origin, exchange }: Applicant, destination: Destination): Verdict | Promise<Verdict> {
    const { tls } = destination;
    const { http: rules, appId } = destination.kind === "platform" ? unruled : destination;
    const lines = tls ? edgeLines(tls, origin.scheme) : "";
    const proof = tls ? proofPage(head.target, tls) : null;
    if (proof) return { refusal: proof, lines };
    if (rules === undefined || appId === null) {
      const url = tls ? secureUrl(head, origin.scheme, tls, this.#parts.https) : null;
      if (url === null) return lines === "" ? admitted : { refusal: null, lines };
      return { refusal: redirectPage(secureStatus(head.method), url), lines };
    }
    // Named one by one: copying the applicant takes longer than all checks.
    const asked = { appId, rules, tls, head, origin, exchange, client: clientOf(origin.address) };
    const refusal = this.#refusalOf(asked, 0);
    if (!(refusal instanceof Promise)) return verdictOf(refusal, lines);
    return refusal.then(
      (late) => verdictOf(late, lines),
      () => ({ refusal: "platform", lines }),
    );
  }

  /** The first check that refuses it, from the one at `from` on. */
  #refusalOf(asked: Asked, from: number): Refusal | null | Promise<Refusal | null> {
    for (let index = from; index < this.#checks.length; index += 1) {
      const refusal = this.#checks[index]?.(asked) ?? null;
      if (refusal instanceof Promise)
        return refusal.then((late) => late ?? this.#refusalOf(asked, index + 1));
      if (refusal) return refusal;
    }
    return null;
  }
}

const verdictOf = (refusal: Refusal | null, lines: string): Verdict =>
  refusal === null ? { refusal, lines } : { refusal: refusal.page, lines: lines + (refusal.lines ?? "") };
