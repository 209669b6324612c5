import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Exchange, type ExchangeOptions } from "./exchange";
import type { FaultName } from "./fault";
import type { Limits } from "./limits";
import { type RequestProxy, sendErrorPage } from "./proxy";
import type { Destination, Table } from "./table";
import { mayUpgrade, type UpgradeProxy } from "./upgrade";

export interface FrontOptions extends ExchangeOptions {
  table: Table;
  requests: RequestProxy;
  upgrades: UpgradeProxy;
  limits: Limits;
}

/** The server that clients speak to: strict about what it reads, and every request is sent on its way from here. */
export function createFront(options: FrontOptions): Server {
  const { limits, requests, upgrades } = options;
  const server = createServer({
    insecureHTTPParser: false,
    headersTimeout: limits.headMs,
    // A long upload is no fault; one that stands still is found by its idleness.
    requestTimeout: 0,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 65_000,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  });
  const answering = new WeakSet<Socket>();
  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    answering.add(request.socket);
    response.once("close", () => answering.delete(request.socket));
    const arrival = arrive(request, options);
    if (arrival.refused) refuse(request, response, arrival.exchange, arrival.refused);
    else requests.serve({ ...arrival, request, response, expectsContinue });
  };
  server.on("request", (request, response) => serve(request, response, false));
  server.on("checkContinue", (request, response) => serve(request, response, true));
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!mayUpgrade(request)) serveAsRequest(server, request, socket, head);
    else upgrades.serve({ ...arrive(request, options), request, socket, head });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable && error.code !== "ECONNRESET" && !answering.has(socket))
      socket.write(clientErrorAnswer(error));
    socket.destroySoon();
  });
  return server;
}

interface Arrival {
  exchange: Exchange;
  resolve: () => Destination;
  /** Why it goes nowhere already. */
  refused: FaultName | null;
}

function arrive(request: IncomingMessage, options: FrontOptions): Arrival {
  const exchange = new Exchange(request, options);
  const fault = readTarget(request);
  const resolve = (): Destination =>
    fault ? { kind: "nowhere", appId: null, fault } : options.table.resolve(request.headers.host);
  const destination = resolve();
  exchange.belongsTo(destination.kind === "platform" ? null : destination.appId);
  return { exchange, resolve, refused: destination.kind === "nowhere" ? destination.fault : null };
}

/** Makes the request's target a path, and refuses what two readers could understand in two ways. */
function readTarget(request: IncomingMessage): FaultName | null {
  if ((request.headersDistinct.host?.length ?? 0) > 1) return "badRequest";
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return "notImplemented";
  const target = request.url ?? "";
  if (target.startsWith("/") || (target === "*" && request.method === "OPTIONS")) return null;
  // The absolute form, which every server must take: its host and the Host header must be one.
  const absolute = /^http:\/\/([^/?#]+)(.*)$/i.exec(target);
  const [, host = "", path = ""] = absolute ?? [];
  if (!absolute || host.toLowerCase() !== request.headers.host?.toLowerCase()) return "badRequest";
  request.url = path.startsWith("/") ? path : `/${path}`;
  return null;
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  fault: FaultName,
): void {
  response.once("close", () => exchange.end(response.statusCode));
  // A client that was not told to go on sends no body, so nobody could tell where its next request begins.
  if (request.headers.expect !== undefined) response.shouldKeepAlive = false;
  sendErrorPage(response, request, exchange, fault);
  request.resume();
}

/** Gives a connection back to the server as if the client had not asked for an upgrade. */
function serveAsRequest(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2)
    if (!/^(upgrade|connection|http2-settings)$/i.test(raw[index] ?? ""))
      lines.push(`${raw[index]}: ${raw[index + 1]}`);
  if (/\bclose\b/i.test(request.headers.connection ?? "")) lines.push("Connection: close");
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

const clientErrors: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** The answer to what is no HTTP, or came too slowly. */
function clientErrorAnswer(error: NodeJS.ErrnoException): string {
  const status = clientErrors[error.code ?? ""] ?? "400 Bad Request";
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}
