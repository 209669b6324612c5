import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import HttpProxy from "http-proxy";
import { passAnswer } from "./answer";
import type { TargetAgent } from "./connections";
import { errorPage } from "./error-pages";
import { isEventStream } from "./event-stream";
import type { Exchange } from "./exchange";
import { answerFault, type FaultName, faults } from "./fault";
import { requestHeaders } from "./headers";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import { reach } from "./reach";
import type { Destination } from "./table";
import type { TargetState } from "./target";

export interface ProxyOptions {
  pool: Pool;
  limits: Limits;
}

/** What is to be passed: a request, and where it goes now. `expectsContinue` when the client waits for a go-ahead. */
export interface Passing {
  exchange: Exchange;
  request: IncomingMessage;
  response: ServerResponse;
  resolve: () => Destination;
  expectsContinue: boolean;
}

/** The request path. http-proxy writes the request; the connection it goes over and the response are ours. */
export class RequestProxy {
  readonly #options: ProxyOptions;
  readonly #proxy = HttpProxy.createProxyServer();
  readonly #passages = new WeakMap<IncomingMessage, Passage>();

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#proxy.on("proxyReq", (upstream, request) => this.#passages.get(request)?.sending(upstream));
    this.#proxy.on("proxyRes", (answer, request) => this.#passages.get(request)?.answered(answer));
  }

  /** Serves one request to its end. */
  serve(passing: Passing): void {
    const passage = new Passage(passing, this.#options, this.#proxy);
    this.#passages.set(passing.request, passage);
    passage.begin();
  }
}

/** One request on its way. Ends when the client's response closes; then nothing of it is left upstream either. */
class Passage {
  readonly #passing: Passing;
  readonly #options: ProxyOptions;
  readonly #proxy: HttpProxy;
  #upstream: ClientRequest | undefined;
  #answer: IncomingMessage | undefined;
  #firstByteTimer: NodeJS.Timeout | undefined;
  #retried = false;
  // Known before http-proxy has the request, for it changes these headers.
  readonly #chunked: boolean;
  readonly #repeatable: boolean;

  constructor(passing: Passing, options: ProxyOptions, proxy: HttpProxy) {
    this.#passing = passing;
    this.#options = options;
    this.#proxy = proxy;
    this.#chunked = passing.request.headers["transfer-encoding"] !== undefined;
    this.#repeatable = isRepeatable(passing.request);
  }

  begin(): void {
    const { request, response } = this.#passing;
    request.headers = requestHeaders(request, this.#passing.exchange);
    request.socket.setTimeout(this.#options.limits.idleMs);
    response.once("timeout", () => this.#idle());
    response.once("close", () => this.#closed());
    this.#seek();
  }

  /** Called when the request is about to be written; everything http-proxy changed of it is put right. */
  sending(upstream: ClientRequest): void {
    const { request, exchange } = this.#passing;
    this.#upstream = upstream;
    if (exchange.over) {
      upstream.destroy();
      return;
    }
    // It folds `//` in paths, and gives a chunked DELETE or OPTIONS the length 0: a way to smuggle its body as a request.
    upstream.path = request.url ?? "/";
    if (this.#chunked) {
      upstream.removeHeader("content-length");
      upstream.setHeader("transfer-encoding", "chunked");
    }
    // An app may answer before the body comes, so the head does not wait for it; a body that is there already goes along.
    setImmediate(() => {
      if (!upstream.headersSent && !upstream.destroyed) upstream.flushHeaders();
    });
  }

  answered(answer: IncomingMessage): void {
    const { exchange, request, response } = this.#passing;
    clearTimeout(this.#firstByteTimer);
    this.#answer = answer;
    // An event stream is silent by nature; whether its client is still there, TCP keep-alive tells.
    if (isEventStream(answer.headers["content-type"])) request.socket.setTimeout(0);
    passAnswer(answer, response, {
      onBytes: (count) => {
        exchange.bytes += count;
      },
      onFault: (fault) => this.#fail(fault),
      onStream: (close) => exchange.becomeStream(close),
    });
  }

  #seek(): void {
    const { exchange, resolve } = this.#passing;
    void reach({
      exchange,
      pool: this.#options.pool,
      resolve,
      connect: (state) => {
        const agent = this.#agentOf(state);
        return agent.hasIdle() ? undefined : agent.open(this.#options.limits.connectMs);
      },
      use: (state, destination) => this.#send(state, destination),
      refuse: (fault) => this.#fail(fault),
    });
  }

  #send(state: TargetState, destination: Destination): void {
    const { request, response, expectsContinue } = this.#passing;
    const { address, port } = state.target;
    if (expectsContinue) response.writeContinue();
    if (destination.kind === "app") this.#limitFirstByte();
    this.#proxy.web(
      request,
      response,
      {
        target: { protocol: "http:", host: address, port },
        agent: this.#agentOf(state),
        toProxy: true,
        selfHandleResponse: true,
      },
      (error) => this.#failed(error),
    );
  }

  /** The clock runs from the end of the request's body. */
  #limitFirstByte(): void {
    const { request, exchange } = this.#passing;
    const start = () => {
      if (exchange.over || this.#answer) return;
      this.#firstByteTimer = setTimeout(() => this.#fail("timeout"), this.#options.limits.firstByteMs);
    };
    if (request.readableEnded) start();
    else request.once("end", start);
  }

  /**
   * Whatever cannot be sent twice gets a connection of its own: an app may close an idle one in the very moment in which it is
   * chosen, and then nobody knows whether the request was acted on.
   */
  #agentOf(state: TargetState): TargetAgent {
    return this.#retried || !this.#repeatable ? state.single : state.pooled;
  }

  #failed(error: Error): void {
    const { exchange } = this.#passing;
    clearTimeout(this.#firstByteTimer);
    if (exchange.over) return;
    if (!this.#answer && this.#upstream?.reusedSocket && !this.#retried && this.#repeatable) {
      this.#retried = true;
      this.#upstream = undefined;
      this.#seek();
      return;
    }
    this.#fail(answerFault(error));
  }

  #idle(): void {
    const { request, response, exchange } = this.#passing;
    if (exchange.over) return;
    if (!request.complete) this.#fail("clientIdle");
    else if (this.#answer) this.#fail(response.writableLength > 0 ? "clientIdle" : "idle");
  }

  /** Ends the request with an error page, or by cutting the connection when a response is under way. */
  #fail(fault: FaultName): void {
    const { exchange, request, response, expectsContinue } = this.#passing;
    if (exchange.over) return;
    exchange.blame(fault);
    this.#upstream?.destroy();
    // A client that was not told to go on sends no body, so nobody could tell where its next request begins.
    if (expectsContinue && !this.#upstream) response.shouldKeepAlive = false;
    if (response.headersSent) response.destroy();
    else sendErrorPage(response, request, exchange, fault);
  }

  #closed(): void {
    const { exchange, request, response } = this.#passing;
    clearTimeout(this.#firstByteTimer);
    if (!response.writableFinished) exchange.blame("clientInterrupted");
    exchange.end(
      exchange.fault === "clientInterrupted" ? faults.clientInterrupted.status : response.statusCode,
    );
    if (!this.#answer?.complete || !request.complete) this.#upstream?.destroy();
    // A body that nobody wants any more is read to its end, so that the connection's next request can be.
    if (!request.complete) request.unpipe().resume();
  }
}

/** Answers with the router's own page. */
export function sendErrorPage(
  response: ServerResponse,
  request: IncomingMessage,
  exchange: Exchange,
  fault: FaultName,
): void {
  exchange.blame(fault);
  const page = errorPage(fault, { accept: request.headers.accept, requestId: exchange.requestId });
  response.writeHead(page.status, page.reason, page.headers);
  response.end(page.body);
}

const repeatable = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Idempotent (RFC 9110, 9.2.2) and without a body. */
function isRepeatable(request: IncomingMessage): boolean {
  const { headers, method = "" } = request;
  if (headers["transfer-encoding"] !== undefined) return false;
  return repeatable.has(method) && (headers["content-length"] ?? "0") === "0";
}
