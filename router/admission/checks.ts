import { type Https, redirectPage, secureStatus, secureUrl, urlAt } from "../edge";
import type { ErrorPage } from "../error-pages";
import type { FaultName } from "../fault";
import type { RequestHead } from "../http1/request-head";
import type { Origin } from "../peer";
import { type AppTls, hostnameOf } from "../table";
import type { ClientCounts } from "./client-counts";
import type { Rules } from "./rules";

/** A request to an app with rules, as the checks see it. */
export interface Asked {
  appId: string;
  rules: Rules;
  tls: AppTls | undefined;
  head: RequestHead;
  origin: Origin;
  /** Who counts as one client (client-counts.ts). */
  client: string;
}

/** What is answered in the app's place: a page, or that of a fault. */
export interface Refusal {
  page: ErrorPage | FaultName;
  /** More lines for its head, each with its end. */
  lines?: string;
}

/** Says why a request is not admitted; null: it goes on to the next check. */
export type Check = (asked: Asked) => Refusal | null;

/**
 * The checks that are over at once, in their order: who must not ask costs least, and no password is asked for where it could be read on
 * the way.
 */
export function checksWith(counts: ClientCounts, https: Https): readonly Check[] {
  return [
    ({ rules, origin }) => (rules.lets(origin.address) ? null : { page: "forbidden" }),
    (asked) => tooManyRequests(asked, counts),
    ({ tls, head, origin }) => {
      const url = tls && secureUrl(head, origin.scheme, tls, https);
      return url ? { page: redirectPage(secureStatus(head.method), url) } : null;
    },
    otherHost,
    ({ rules }) => (rules.policy.maintenance ? { page: "maintenance" } : null),
    headTooLarge,
    bodyTooLarge,
  ];
}

function tooManyRequests({ rules, appId, client }: Asked, counts: ClientCounts): Refusal | null {
  const { rate } = rules.policy;
  const early = rate === undefined ? 0 : counts.take(appId, client, rate);
  return early > 0 ? { page: "tooManyRequests", lines: retryAfter(early) } : null;
}

/** Method and body are kept, and the path is. */
function otherHost({ rules, head, origin }: Asked): Refusal | null {
  const instead = rules.hostInsteadOf(hostnameOf(head.host ?? ""));
  if (instead === undefined || !head.target.startsWith("/")) return null;
  return { page: redirectPage(308, urlAt(instead, head, origin.scheme)) };
}

function headTooLarge({ rules, head }: Asked): Refusal | null {
  const { headBytes = Number.POSITIVE_INFINITY, headFields = Number.POSITIVE_INFINITY } = rules.policy;
  const fits = head.fields.text.length <= headBytes && head.fields.count <= headFields;
  return fits ? null : { page: "headTooLarge" };
}

function bodyTooLarge({ rules, head }: Asked): Refusal | null {
  const { bodyBytes } = rules.policy;
  const isTooLarge = bodyBytes !== undefined && head.body.kind === "length" && head.body.length > bodyBytes;
  return isTooLarge ? { page: "bodyTooLarge" } : null;
}

const retryAfter = (ms: number): string => `Retry-After: ${Math.ceil(ms / 1_000)}\r\n`;
