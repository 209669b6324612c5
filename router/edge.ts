import { STATUS_CODES } from "node:http";
import { challengeAnswer } from "../core/acme";
import type { ErrorPage } from "./error-pages";
import type { RequestHead } from "./http1/request-head";
import { type AppTls, type Destination, hostnameOf } from "./table";

/** A request as far as the edge judges it. */
export interface EdgeRequest {
  scheme: "http" | "https";
  method: string;
  /** The Host header. */
  host: string;
  /** Path and query. */
  path: string;
}

/** What this router has of https. */
export interface Https {
  port: number;
  /** Whether TLS can be served for a hostname. */
  serves: (hostname: string) => boolean;
}

/** What the router says of TLS: an answer in the app's place, and lines that go with the app's. Undefined where there is nothing to say. */
export function edgeOf(
  destination: Destination,
  { method, target, host = "" }: RequestHead,
  scheme: "http" | "https",
  https: Https,
): { page: ErrorPage | null; lines: string } | undefined {
  const tls = destination.kind === "platform" ? undefined : destination.tls;
  if (tls === undefined) return undefined;
  // After the app's own, which counts then (RFC 6797, 8.1).
  const isStrict = scheme === "https" && tls.hsts !== null;
  return {
    page: answerAtEdge({ scheme, method, host, path: target }, tls, https),
    lines: isStrict ? `Strict-Transport-Security: ${tls.hsts}\r\n` : "",
  };
}

/** What the router answers by itself before any app is asked; null: nothing, the request goes its way. */
export function answerAtEdge(request: EdgeRequest, tls: AppTls, https: Https): ErrorPage | null {
  const proof = tls.acme === undefined ? null : challengeAnswer(request.path, tls.acme);
  if (proof !== null) return page(200, { "Content-Type": "text/plain", "Cache-Control": "no-store" }, proof);
  if (request.scheme !== "http" || !tls.redirect || !request.path.startsWith("/")) return null;
  if (!https.serves(hostnameOf(request.host))) return null;
  const safe = request.method === "GET" || request.method === "HEAD";
  // 308 keeps method and body; 301 is what caches and old clients know.
  return page(safe ? 301 : 308, { Location: secureUrl(request, https.port) }, "");
}

/** A client that named no port came through 80, so 443 leads here, too, whatever the router's own ports are. */
function secureUrl({ host, path }: EdgeRequest, httpsPort: number): string {
  const [, name = "", port] = /^(.*?)(:\d*)?$/.exec(host) ?? [];
  const standard = port === undefined || port === ":80" || httpsPort === 443;
  return `https://${name}${standard ? "" : `:${httpsPort}`}${path}`;
}

function page(status: number, headers: Record<string, string>, body: string): ErrorPage {
  return {
    status,
    reason: STATUS_CODES[status] ?? "",
    headers: { "Content-Length": String(Buffer.byteLength(body)), ...headers },
    body,
  };
}
