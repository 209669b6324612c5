import { lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { invalid, isPaasError, messageOf } from "../../core/error";
import { mostPageBytes } from "../../core/http-setting-words";
import { isPublicAddress } from "./public-address";

export interface FetchPageOptions {
  /** The router, for a hostname of this platform that is asked by http: what it answers anybody may see. Null: not one of those. */
  router: { address: string; port: number } | null;
  /** Whether an address may be asked; what a name leads to is judged when it is connected to. */
  mayAsk?: (address: string) => boolean;
  limitMs?: number;
}

const defaultLimitMs = 5_000;

/**
 * Fetches a page of an app's own. Whoever may set its URL must not reach by it what he could not reach himself: only public addresses are
 * asked, redirects are not followed, and only HTML is taken. Throws `invalid` that says what was wrong.
 */
export async function fetchPage(url: URL, options: FetchPageOptions): Promise<string> {
  try {
    const response = await ask(url, options);
    return await readPage(response);
  } catch (error) {
    if (isPaasError(error)) throw error;
    throw invalid(`${url.href} cannot be fetched: ${messageOf(error)}.`);
  }
}

function ask(url: URL, options: FetchPageOptions): Promise<IncomingMessage> {
  const { router, mayAsk = isPublicAddress, limitMs = defaultLimitMs } = options;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (router === null && isIP(host) !== 0 && !mayAsk(host)) throw notPublic(url);
  const place: RequestOptions = {
    ...(router === null
      ? { host, port: url.port, lookup: publicLookup(mayAsk, url) }
      : { host: router.address, port: router.port }),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: "text/html", "user-agent": "paas" },
    agent: false,
    signal: AbortSignal.timeout(limitMs),
  };
  return new Promise((resolve, reject) => {
    const call =
      url.protocol === "https:" ? httpsRequest({ ...place, servername: host }) : httpRequest(place);
    call.on("response", resolve).on("error", reject).end();
  });
}

/** Resolves a name to what may be asked of its addresses; the connection goes to these and no others. */
function publicLookup(mayAsk: (address: string) => boolean, url: URL): LookupFunction {
  return (hostname, _options, done) =>
    lookup(hostname, { all: true }, (error, found) => {
      const allowed = found?.filter(({ address }) => mayAsk(address)) ?? [];
      if (error) done(error, []);
      else if (allowed.length === 0) done(notPublic(url), []);
      else done(null, allowed);
    });
}

async function readPage(response: IncomingMessage): Promise<string> {
  const { statusCode, headers } = response;
  const type = headers["content-type"] ?? "";
  const fault =
    statusCode !== 200
      ? `it answers ${statusCode}; give the address of the page itself`
      : /^text\/html\b/i.test(type)
        ? null
        : `it is no HTML (Content-Type: ${type.slice(0, 50) || "none"})`;
  if (fault !== null) {
    response.destroy();
    throw new Error(fault);
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostPageBytes) throw new Error(`it is larger than ${mostPageBytes / 1_024} KB`);
    parts.push(part);
  }
  return decoded(Buffer.concat(parts));
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not in UTF-8");
  }
}

const notPublic = (url: URL) =>
  invalid(
    `${url.href} leads to an address that is not public: put the page on the internet, or into an app of this platform (by http).`,
  );
