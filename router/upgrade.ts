import { type ClientRequest, request as httpRequest, type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { passAnswer } from "./answer";
import { dial } from "./connections";
import type { Exchange } from "./exchange";
import { answerFault, type FaultName, faults } from "./fault";
import { answerHeaders, requestHeaders } from "./headers";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import { sendErrorPage } from "./proxy";
import { reach } from "./reach";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import { Tunnel } from "./tunnel";

export interface UpgradeOptions {
  pool: Pool;
  limits: Limits;
}

export interface Upgrading {
  exchange: Exchange;
  request: IncomingMessage;
  socket: Socket;
  /** What the client sent after its request's head. */
  head: Buffer;
  resolve: () => Destination;
}

/**
 * Whether to ask the app for an upgrade. A server may ignore the wish (RFC 9110, 7.8), and we do for h2c, whose frames could carry
 * requests past the router, and for requests with a body, of which we would not know where it ends.
 */
export function mayUpgrade(request: IncomingMessage): boolean {
  const { headers } = request;
  if ((headers.upgrade ?? "").toLowerCase().includes("h2c")) return false;
  return headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0";
}

/** The path of upgraded connections: WebSocket and whatever else an app agrees to. */
export class UpgradeProxy {
  readonly #options: UpgradeOptions;
  readonly #tunnels = new Set<Tunnel>();

  constructor(options: UpgradeOptions) {
    this.#options = options;
  }

  /** Serves one request for an upgrade to the end of its connection. */
  serve(upgrading: Upgrading): void {
    const passage = new Passage(upgrading, this.#options);
    upgrading.socket.once("close", () => passage.tunnel && this.#tunnels.delete(passage.tunnel));
    passage.begin((tunnel) => this.#tunnels.add(tunnel));
  }

  /** Closes what is open: WebSockets with 1001 at the end of the message under way. */
  goAway(): void {
    for (const tunnel of this.#tunnels) tunnel.goAway();
  }
}

class Passage {
  tunnel: Tunnel | undefined;
  readonly #upgrading: Upgrading;
  readonly #options: UpgradeOptions;
  #upstream: ClientRequest | undefined;
  #connection: Socket | undefined;
  #response: ServerResponse | undefined;
  #answerTimer: NodeJS.Timeout | undefined;
  #onOpen: (tunnel: Tunnel) => void = () => undefined;

  constructor(upgrading: Upgrading, options: UpgradeOptions) {
    this.#upgrading = upgrading;
    this.#options = options;
  }

  begin(onOpen: (tunnel: Tunnel) => void): void {
    const { exchange, socket, resolve } = this.#upgrading;
    this.#onOpen = onOpen;
    socket.setTimeout(0);
    socket.once("close", () => this.#closed());
    void reach({
      exchange,
      pool: this.#options.pool,
      resolve,
      connect: async ({ target }) => {
        this.#connection = await dial(target.address, target.port, this.#options.limits.connectMs);
        if (exchange.over) this.#connection.destroy();
      },
      use: (state, destination) => this.#ask(state, destination),
      refuse: (fault) => this.#fail(fault),
    });
  }

  #ask(state: TargetState, destination: Destination): void {
    const { exchange, request } = this.#upgrading;
    const connection = this.#connection;
    if (!connection) return;
    const headers = {
      ...requestHeaders(request, exchange),
      connection: "Upgrade",
      upgrade: request.headers.upgrade,
    };
    const upstream = httpRequest({
      host: state.target.address,
      port: state.target.port,
      createConnection: () => connection,
      method: request.method,
      path: request.url,
      headers,
      setHost: false,
    });
    this.#upstream = upstream;
    if (destination.kind === "app")
      this.#answerTimer = setTimeout(() => this.#fail("timeout"), this.#options.limits.firstByteMs);
    upstream.once("upgrade", (answer, _, upstreamHead) => this.#switched(answer, connection, upstreamHead));
    upstream.once("response", (answer) => this.#declined(answer));
    upstream.on("error", (error) => this.#fail(answerFault(error)));
    upstream.end();
  }

  /** 101: from here on it is bytes both ways. */
  #switched(answer: IncomingMessage, upstream: Socket, upstreamHead: Buffer): void {
    const { exchange, request, socket, head } = this.#upgrading;
    clearTimeout(this.#answerTimer);
    if (exchange.over) {
      upstream.destroy();
      return;
    }
    const protocol = answer.headers.upgrade ?? request.headers.upgrade ?? "";
    socket.write(switchingHead(answer, protocol), "latin1");
    socket.setNoDelay(true);
    const tunnel = new Tunnel({
      client: socket,
      upstream,
      clientHead: head,
      upstreamHead,
      frames: protocol.toLowerCase() === "websocket",
      onBytes: (count) => {
        exchange.bytes += count;
      },
    });
    this.tunnel = tunnel;
    exchange.becomeStream(() => tunnel.goAway());
    this.#onOpen(tunnel);
  }

  /** Any other answer is passed on, and the connection closed after it. */
  #declined(answer: IncomingMessage): void {
    const { exchange } = this.#upgrading;
    clearTimeout(this.#answerTimer);
    passAnswer(answer, this.#respond(), {
      onBytes: (count) => {
        exchange.bytes += count;
      },
      onFault: (fault) => this.#fail(fault),
    });
  }

  #fail(fault: FaultName): void {
    const { exchange, request, socket } = this.#upgrading;
    clearTimeout(this.#answerTimer);
    if (exchange.over || this.tunnel) return;
    exchange.blame(fault);
    this.#upstream?.destroy();
    if (this.#response?.headersSent) socket.destroy();
    else sendErrorPage(this.#respond(), request, exchange, fault);
  }

  /** A response on the bare socket, which Node's server has given out of its hands. */
  #respond(): ServerResponse {
    if (this.#response) return this.#response;
    const { request, socket, exchange } = this.#upgrading;
    const response = new ServerResponse(request);
    this.#response = response;
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    socket.setTimeout(this.#options.limits.idleMs, () => {
      exchange.blame(response.writableLength > 0 ? "clientIdle" : "idle");
      socket.destroy();
    });
    response.once("finish", () => {
      response.detachSocket(socket);
      socket.end();
      // Its end is seen only when what it sent before is read.
      socket.resume();
    });
    return response;
  }

  #closed(): void {
    const { exchange } = this.#upgrading;
    clearTimeout(this.#answerTimer);
    const response = this.#response;
    if (!this.tunnel && !response?.writableFinished) exchange.blame("clientInterrupted");
    exchange.end(
      this.tunnel ? 101 : response?.headersSent ? response.statusCode : faults.clientInterrupted.status,
    );
    if (!this.tunnel) {
      this.#upstream?.destroy();
      this.#connection?.destroy();
    }
  }
}

function switchingHead(answer: IncomingMessage, protocol: string): string {
  const headers = answerHeaders(answer);
  const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? "Switching Protocols"}`];
  lines.push("Connection: Upgrade", `Upgrade: ${protocol}`);
  for (let index = 0; index + 1 < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
