import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { apiPrefix } from "../core/api-prefix";
import { type ErrorCode, errorCatalogue, isPaasError, PaasError } from "../core/error";
import type { ApiError } from "../core/wire";
import type { Server } from "./server";

/** A stream is silent for at most 20 s by contract; after this much it is lost. */
const silenceMs = 60_000;

/** Talks to one platform's API. Every method throws PaasErrors: the server's own, or `unavailable` when none answers. */
export class HttpClient {
  constructor(
    readonly server: Server,
    private readonly version: string,
    /** Hears what the platform has to say of an app beside its answers. */
    private readonly onNotice: (text: string) => void = () => undefined,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path);
  }
  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("POST", path, body);
  }
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("PATCH", path, body);
  }
  /** Sends bytes as they come; the platform may answer before it has all of them, and they are not sent on then. */
  upload<T>(path: string, body: Readable): Promise<T> {
    return this.ask<T>("POST", path, body);
  }
  async delete(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }

  /** The lines of an NDJSON stream; without heartbeats; an `error` line is thrown. Ends when the server ends it, whole or not. */
  async *lines<L extends object>(path: string): AsyncIterable<L> {
    const response = await this.send("GET", path);
    response.setTimeout(silenceMs, () => response.destroy(this.lost("fell silent")));
    try {
      for await (const text of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) {
        const line = JSON.parse(text) as L | { heartbeat: true } | { error: ApiError };
        if ("error" in line) throw asPaasError(line.error as ApiError);
        if (!("heartbeat" in line)) yield line as L;
      }
      if (response.errored) throw response.errored;
    } catch (error) {
      // A torn connection shows as an error of the socket, or as half a line.
      throw isPaasError(error) ? error : this.lost("broke off", error);
    } finally {
      response.destroy();
    }
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    if (response.statusCode === 204) {
      response.resume();
      return undefined as T;
    }
    return (await this.json(response)) as T;
  }

  private async send(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    const content = body === undefined || body instanceof Readable ? body : JSON.stringify(body);
    const { url, options } = connection(this.server, apiPrefix + path, this.version);
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)({
      ...options,
      method,
      headers: { ...options.headers, ...contentHeaders(content) },
    });
    const response = await this.answerOf(request, content);
    const notice = response.headers["paas-notice"];
    if (typeof notice === "string") this.onNotice(decodeURIComponent(notice));
    const { statusCode = 500 } = response;
    if (statusCode < 300) return response;
    if (statusCode < 400) {
      response.resume();
      throw moved(this.server, response);
    }
    throw refusal(this.server, (await this.json(response)) as ApiError);
  }

  private answerOf(request: ClientRequest, content: Content): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request.on("error", (error) => reject(isPaasError(error) ? error : unreachable(this.server, error)));
      request.on("response", resolve);
      if (content instanceof Readable) stream(content, request);
      else request.end(content);
    });
  }

  private async json(response: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return JSON.parse(Buffer.concat(chunks).toString("utf8"));
    } catch (cause) {
      const what = `${this.server.url} answered with status ${response.statusCode}, but not as a paas API does`;
      throw new PaasError("unavailable", `${what}: check the address, or try again.`, { cause });
    }
  }

  private lost(how: string, cause?: unknown): PaasError {
    return new PaasError("unavailable", `The connection to ${this.server.url} ${how}: try again.`, { cause });
  }
}

/** What a failed connection means to people. */
export function unreachable({ url }: Server, cause: Error): PaasError {
  const reason = (cause as NodeJS.ErrnoException).code ?? cause.message;
  const text =
    reason === "ECONNRESET"
      ? `The connection to ${url} broke before an answer came: what was asked may have happened, so look before you repeat it.`
      : `Nothing answers at ${url} (${reason}): is the platform up? On its machine: paas up`;
  return new PaasError("unavailable", text, { cause });
}

type Content = string | Readable | undefined;

function contentHeaders(content: Content): OutgoingHttpHeaders {
  if (content === undefined) return {};
  if (content instanceof Readable) return { "Content-Type": "application/octet-stream" };
  return { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(content) };
}

function stream(content: Readable, request: ClientRequest): void {
  content.on("error", (error) => request.destroy(error));
  content.pipe(request);
  request.once("response", (response) => {
    content.unpipe(request);
    // Its answer is whole; half a request has nothing to be kept open for.
    if (!request.writableEnded) response.once("end", () => request.destroy());
  });
  request.once("close", () => content.destroy());
}

/** The platform sends its clients elsewhere, to https mostly. We do not follow: a token goes to no other server than its own. */
export function moved({ url }: Server, { headers: { location = "" } }: IncomingMessage): PaasError {
  const place = URL.canParse(location) ? new URL(location).origin : "another address";
  return new PaasError(
    "unauthorized",
    `${url} sends its clients to ${place}: run paas login ${place}, and in repositories paas git:remote -a APP.`,
  );
}

/** How to connect to a server. Node does not resolve *.localhost, so there the address is used and Host says who is meant. */
export function connection(
  server: Server,
  path: string,
  version: string,
): { url: URL; options: RequestOptions } {
  const url = new URL(path, server.url);
  const local = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const headers = {
    Host: url.host,
    Authorization: `Bearer ${server.token}`,
    "User-Agent": `paas-cli/${version}`,
    Accept: "application/json",
  };
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return {
    url,
    options: {
      host: local ? "127.0.0.1" : hostname,
      port,
      path: url.pathname + url.search,
      headers,
      ...(local && { servername: url.hostname }),
    },
  };
}

/** What a platform answered instead of a result. */
export function refusal({ url, tokenFrom }: Server, error: ApiError): PaasError {
  if (error.code !== "unauthorized") return asPaasError(error);
  return new PaasError(
    "unauthorized",
    `The token from ${tokenFrom} is not valid at ${url}. Make one where you are logged in (paas tokens:create NAME), then run paas login ${url}, or set PAAS_TOKEN.`,
  );
}

function asPaasError(error: ApiError): PaasError {
  const code = Object.hasOwn(errorCatalogue, String(error.code)) ? (error.code as ErrorCode) : "internal";
  return new PaasError(code, String(error.message), { detail: { requestId: error.requestId } });
}
