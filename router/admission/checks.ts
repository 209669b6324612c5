import { type Https, redirectPage, secureStatus, secureUrl, urlAt } from "../edge";
import type { ErrorPage } from "../error-pages";
import type { Exchange } from "../exchange";
import type { FaultName } from "../fault";
import { hostnameOf } from "../host-header";
import type { RequestHead } from "../http1/request-head";
import type { Origin } from "../peer";
import type { AppTls } from "../table";
import type { ClientCounts } from "./client-counts";
import { loginIn, type Passwords } from "./passwords";
import type { Rules } from "./rules";

/** A request to an app with rules, as the checks see it. */
export interface Asked {
  appId: string;
  rules: Rules;
  tls: AppTls | undefined;
  head: RequestHead;
  origin: Origin;
  exchange: Exchange;
  /** Who counts as one client (client-counts.ts). */
  client: string;
}

/** What is answered in the app's place: a page, or that of a fault. */
export interface Refusal {
  page: ErrorPage | FaultName;
  /** More lines for its head, each with its end. */
  lines?: string;
}

type Found = Refusal | null;

/** Says why a request is not admitted; null: it goes on to the next check. */
export type Check = (asked: Asked) => Found | Promise<Found>;

export interface CheckParts {
  https: Https;
  counts: ClientCounts;
  passwords: Passwords;
}

/**
 * The checks in their order: who must not ask costs least, no password is asked for where it could be read on the way, and only what is
 * admitted counts as under way.
 */
export const checksWith = ({ https, counts, passwords }: CheckParts): readonly Check[] => [
  ({ rules, origin }) => (rules.lets(origin.address) ? null : { page: "forbidden" }),
  (asked) => asksTooOften(asked, counts),
  (asked) => wantsHttps(asked, https),
  wantsOtherHost,
  ({ rules }) => (rules.policy.maintenance ? { page: "maintenance" } : null),
  hasTooLargeHead,
  hasTooLargeBody,
  (asked) => lacksLogin(asked, passwords),
  (asked) => hasTooManyUnderWay(asked, counts),
];

function asksTooOften({ rules, appId, client }: Asked, counts: ClientCounts): Found | Promise<Found> {
  const { rate } = rules.policy;
  if (rate === undefined) return null;
  const early = counts.take(appId, client, rate);
  return early instanceof Promise ? early.then(tooOften) : tooOften(early);
}

function tooOften(earlyMs: number): Found {
  if (earlyMs <= 0) return null;
  return { page: "tooManyRequests", lines: `Retry-After: ${Math.ceil(earlyMs / 1_000)}\r\n` };
}

function wantsHttps({ tls, head, origin }: Asked, https: Https): Found {
  const url = tls === undefined ? null : secureUrl(head, origin.scheme, tls, https);
  return url === null ? null : { page: redirectPage(secureStatus(head.method), url) };
}

/** Method and body are kept, and the path is. */
function wantsOtherHost({ rules, head, origin }: Asked): Found {
  const instead = rules.hostInsteadOf(head.host ?? "");
  if (instead === undefined || !head.target.startsWith("/")) return null;
  return { page: redirectPage(308, urlAt(instead, head, origin.scheme)) };
}

function hasTooLargeHead({ rules, head }: Asked): Found {
  const { headBytes = Number.POSITIVE_INFINITY, headFields = Number.POSITIVE_INFINITY } = rules.policy;
  const fits = head.fields.text.length <= headBytes && head.fields.count <= headFields;
  return fits ? null : { page: "headTooLarge" };
}

function hasTooLargeBody({ rules, head }: Asked): Found {
  const { bodyBytes } = rules.policy;
  const isTooLarge = bodyBytes !== undefined && head.body.kind === "length" && head.body.length > bodyBytes;
  return isTooLarge ? { page: "bodyTooLarge" } : null;
}

function lacksLogin({ rules, head, client }: Asked, passwords: Passwords): Found | Promise<Found> {
  const { users } = rules.policy;
  if (users === undefined) return null;
  const login = loginIn(head.fields.named("authorization").at(-1));
  if (login === null) return denied(head);
  const checked = passwords.check(login, users, client);
  if (checked === "busy") return { page: "tooManyRequests", lines: "Retry-After: 1\r\n" };
  if (typeof checked === "boolean") return checked ? null : denied(head);
  return checked.then((isRight) => (isRight ? null : denied(head)));
}

function denied({ host = "" }: RequestHead): Refusal {
  const challenge = `Basic realm="${hostnameOf(host)}", charset="UTF-8"`;
  return { page: "unauthorized", lines: `WWW-Authenticate: ${challenge}\r\n` };
}

function hasTooManyUnderWay(
  { rules, appId, client, exchange }: Asked,
  counts: ClientCounts,
): Found | Promise<Found> {
  const { connections } = rules.policy;
  if (connections === undefined) return null;
  const entered = (isCounted: boolean): Found => {
    if (!isCounted) return { page: "tooManyConnections" };
    exchange.atEnd(() => counts.leave(appId, client));
    return null;
  };
  const answer = counts.enter(appId, client, connections);
  return answer instanceof Promise ? answer.then(entered) : entered(answer);
}
