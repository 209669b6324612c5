import { STATUS_CODES } from "node:http";
import { challengeAnswer } from "../core/acme";
import type { ErrorPage } from "./error-pages";
import { hostnameOf } from "./host-header";
import type { RequestHead } from "./http1/request-head";
import type { ClientFacts } from "./peer";
import type { AppTls } from "./table";

/** What this router has of https. */
export interface Https {
  port: number;
  /** Whether TLS can be served for a hostname. */
  serves: (hostname: string) => boolean;
  /** Id of the certificate that stands for a hostname; undefined for none. */
  certificateOf: (hostname: string) => string | undefined;
}

type Scheme = ClientFacts["scheme"];

/** What the router says of TLS beside whatever is answered: after the app's own, which counts then (RFC 6797, 8.1). */
export const edgeLines = ({ hsts }: AppTls, scheme: Scheme): string =>
  scheme === "https" && hsts !== null ? `Strict-Transport-Security: ${hsts}\r\n` : "";

/** The answer to an authority that asks for the proof of a hostname; null for every other request. */
export function proofPage(path: string, { acme }: AppTls): ErrorPage | null {
  const proof = acme === undefined ? null : challengeAnswer(path, acme);
  if (proof === null) return null;
  return page(200, { "Content-Type": "text/plain", "Cache-Control": "no-store" }, proof);
}

/** Where a request by http is sent, if the app wants it by https and the host has that; null: it is served as it came. */
export function secureUrl(
  { host = "", target }: RequestHead,
  scheme: Scheme,
  { redirect }: AppTls,
  https: Https,
): string | null {
  if (scheme !== "http" || !redirect || !target.startsWith("/")) return null;
  if (!https.serves(hostnameOf(host))) return null;
  const [, name = "", port] = hostParts(host);
  // A client that named no port came through 80, so 443 leads here, too, whatever the router's own ports are.
  const standard = port === undefined || port === ":80" || https.port === 443;
  return `https://${name}${standard ? "" : `:${https.port}`}${target}`;
}

/** The URL of a request at another hostname: the port that the client named stays. */
export function urlAt(hostname: string, { host = "", target }: RequestHead, scheme: Scheme): string {
  const [, , port = ""] = hostParts(host);
  return `${scheme}://${hostname}${port}${target}`;
}

/** 308 keeps method and body; 301 is what caches and old clients know, and does for reading. */
export const secureStatus = (method: string): 301 | 308 =>
  method === "GET" || method === "HEAD" ? 301 : 308;

export const redirectPage = (status: 301 | 308, url: string): ErrorPage =>
  page(status, { Location: url }, "");

const hostParts = (host: string): readonly (string | undefined)[] => /^(.*?)(:\d*)?$/.exec(host) ?? [];

function page(status: number, headers: Record<string, string>, body: string): ErrorPage {
  return {
    status,
    reason: STATUS_CODES[status] ?? "",
    headers: { "Content-Length": String(Buffer.byteLength(body)), ...headers },
    body,
  };
}
