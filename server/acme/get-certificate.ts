import { type CertificateFacts, type CertificatePair, readCertificate } from "../../core/certificate";
import type { Sensitive } from "../../core/env";
import { PaasError } from "../../core/error";
import type { Acme, AcmeOrder } from "../store/acme";
import { newKey } from "./account-key";
import type { AcmeClient, Authorization, Order, Polled } from "./acme-client";
import { AcmeProblem } from "./acme-problem";
import { certificateRequest } from "./certificate-request";
import type { Prover } from "./prover";

export interface Getting {
  client: AcmeClient;
  acme: Pick<Acme, "keepOrder" | "orderKey">;
  prover: Prover;
  /** Of the account's key. */
  thumbprint: string;
  now: () => number;
  /** Waits; rejects when the server ends. */
  pause: (ms: number) => Promise<void>;
}

export interface Got {
  pair: Sensitive<CertificatePair>;
  facts: CertificateFacts;
}

/** For one step of an order. */
const patienceMs = 3 * 60_000;
const [shortestPauseMs, longestPauseMs] = [500, 15_000];

/**
 * Gets a certificate for one hostname. What the authority does is asked of it at each step, so an order that a crash cut off is
 * taken up where it was; its key is kept from the beginning. Throws `AcmeProblem` or a `PaasError`.
 */
export async function getCertificate(getting: Getting, row: AcmeOrder): Promise<Got> {
  const { url, key } = await openOrder(getting, row);
  try {
    const chain = await bringToEnd(getting, url, row.hostname, key);
    return readCertificate(chain, key.reveal(), new Date(getting.now()));
  } catch (error) {
    // An order that has failed stays so: the next try begins anew.
    if (error instanceof AcmeProblem && error.type !== "rateLimited" && error.type !== "serverInternal")
      await getting.acme.keepOrder(row.hostname, null);
    throw error;
  }
}

/** The order under way, if the authority still knows it; else a new one. */
async function openOrder(
  { client, acme }: Getting,
  row: AcmeOrder,
): Promise<{ url: string; key: Sensitive<string> }> {
  const kept = row.url === null ? null : await acme.orderKey(row.hostname);
  if (row.url !== null && kept !== null && (await isOpen(client, row.url)))
    return { url: row.url, key: kept };
  const { url } = await client.newOrder(row.hostname);
  const order = { url, key: newKey() };
  await acme.keepOrder(row.hostname, order);
  return order;
}

async function isOpen(client: AcmeClient, url: string): Promise<boolean> {
  try {
    return (await client.order(url)).status !== "invalid";
  } catch (error) {
    // Forgotten, or another authority's; a server in trouble is another matter.
    if (error instanceof AcmeProblem && error.status < 500 && error.type !== "rateLimited") return false;
    throw error;
  }
}

async function bringToEnd(
  getting: Getting,
  url: string,
  hostname: string,
  key: Sensitive<string>,
): Promise<string> {
  const { client } = getting;
  let order: Order = await client.order(url);
  if (order.status === "pending") {
    for (const authorization of order.authorizations) await proveHost(getting, hostname, authorization);
    order = await poll(
      getting,
      () => client.order(url),
      (now) => now.status !== "pending",
    );
  }
  if (order.status === "ready") await client.finalize(order, certificateRequest([hostname], key));
  order = await poll(
    getting,
    () => client.order(url),
    ({ status }) => status === "valid" || status === "invalid",
  );
  if (order.status !== "valid" || order.certificate === undefined) throw failureOf(order);
  return client.download(order.certificate);
}

async function proveHost(getting: Getting, hostname: string, url: string): Promise<void> {
  const { client, prover, thumbprint } = getting;
  const authorization = await client.authorization(url);
  if (authorization.status === "valid") return;
  const challenge = authorization.challenges.find(({ type }) => type === prover.type);
  if (challenge?.token === undefined)
    throw new PaasError("unavailable", `The authority offers no ${prover.type} challenge for this name.`);
  const takeAway = await prover.present(hostname, challenge.token, thumbprint);
  try {
    if (authorization.status === "pending") await answer(client, url, challenge.url);
    const judged = await poll(
      getting,
      () => client.authorization(url),
      ({ status }) => status !== "pending",
    );
    if (judged.status !== "valid") throw refusalOf(judged);
  } finally {
    await takeAway();
  }
}

/** Only a pending challenge can be answered; one that was before a crash may have been judged since we looked. */
async function answer(client: AcmeClient, authorization: string, challenge: string): Promise<void> {
  try {
    await client.answer(challenge);
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error;
    const { status, challenges } = await client.authorization(authorization);
    const { status: itsStatus } = challenges.find(({ url }) => url === challenge) ?? {};
    if (status === "pending" && itsStatus === "pending") throw error;
  }
}

/** Asks until it is so, as often as the authority wants. */
async function poll<T>(
  { now, pause }: Getting,
  ask: () => Promise<Polled<T>>,
  done: (answer: T) => boolean,
): Promise<T> {
  const until = now() + patienceMs;
  for (let waitMs = shortestPauseMs; ; waitMs = Math.min(longestPauseMs, waitMs * 1.5)) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (now() > until) throw new PaasError("timeout", "The authority did not come to an end in time.");
    await pause(Math.min(longestPauseMs, Math.max(waitMs, answer.waitMs ?? 0)));
  }
}

function refusalOf({ status, challenges }: Authorization): AcmeProblem {
  const error = challenges.find((challenge) => challenge.error)?.error;
  return new AcmeProblem(
    error ?? { type: "", detail: `the authority's authorization is ${status}` },
    0,
    null,
  );
}

const failureOf = ({ status, error }: Order): AcmeProblem =>
  new AcmeProblem(error ?? { type: "", detail: `the authority's order is ${status}` }, 0, null);
