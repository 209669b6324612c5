import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { AddressRanges } from "../../../core/address-ranges";
import type { AppRoute, SwitchCount, Target } from "../../../core/route";
import type { RouteTable } from "../../../core/route-table";
import type { AccessLine } from "../../../router/access-log";
import { Admission } from "../../../router/admission/admission";
import { OwnCounts } from "../../../router/admission/client-counts";
import { Passwords } from "../../../router/admission/passwords";
import { Backlogs } from "../../../router/backlog";
import { Bakes } from "../../../router/bakes";
import { Clock } from "../../../router/clock";
import type { Https } from "../../../router/edge";
import { Front } from "../../../router/front";
import { defaultHttp2Limits, type Http2Limits } from "../../../router/http2/limits";
import { KnownTable } from "../../../router/known-table";
import { defaultLimits, type Limits } from "../../../router/limits";
import { Pool } from "../../../router/pool";
import { ProxyHeads } from "../../../router/proxy-protocol/proxy-heads";
import { ReadBuffer } from "../../../router/read-buffer";
import { RequestIds } from "../../../router/request-ids";
import { OwnSeats } from "../../../router/seats/own-seats";
import { SeatDesk } from "../../../router/seats/seat-desk";
import type { Seats } from "../../../router/seats/seats";
import { Switches } from "../../../router/switches";
import { Table } from "../../../router/table";
import { TargetState } from "../../../router/target";
import type { Tunnel } from "../../../router/tunnel";
import { Turn } from "../../../router/turn";
import { type PlainTable, tableOf } from "../../support/route-table";

export interface RigOptions {
  limits?: Partial<Limits>;
  seats?: Seats;
  http2?: Partial<Http2Limits>;
  apiPort?: number;
  /** Else paas.localhost. */
  platformHost?: string;
  proxies?: string[];
  proxyHeadMs?: number;
}

/** A router on a port of its own, without feed and disk, and the apps behind it; `close` ends all of it. */
export class Rig {
  readonly pool: Pool;
  readonly switches: Switches;
  readonly bakes: Bakes;
  readonly table: Table;
  readonly front: Front;
  readonly clock: Clock;
  readonly heads: ProxyHeads;
  readonly lines: AccessLine[] = [];
  /** Hostnames that count as having a certificate. */
  readonly secureHosts = new Set<string>();
  certificateOf: (hostname: string) => string | undefined = () => undefined;
  /** In-flight counts as they were each time a target that left went idle. */
  readonly idleReports: Record<string, number>[] = [];
  /** The counts of the switch, taken at the same times. */
  readonly counts: (SwitchCount | undefined)[] = [];
  readonly #tunnels = new Set<Tunnel>();
  readonly #servers: (Server | TcpServer)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #known = new KnownTable();
  #waiting: (() => void)[] = [];

  constructor(options: RigOptions = {}) {
    const limits = { ...defaultLimits, ...options.limits };
    const nowMs = () => performance.now();
    this.clock = new Clock({ nowMs, everyMs: 10 });
    const turn = new Turn();
    const dialling = { clock: this.clock, turn, reading: new ReadBuffer() };
    this.pool = new Pool({
      dialling,
      nowMs,
      random: Math.random,
      onIdle: () => {
        this.idleReports.push(this.pool.inFlight());
        this.counts.push(this.switches.report(new Set()).a1);
      },
    });
    const platform = new TargetState("", target("", options.apiPort ?? 1), dialling, () => undefined);
    this.switches = new Switches(nowMs);
    this.bakes = new Bakes(nowMs);
    this.table = new Table({
      pool: this.pool,
      switches: this.switches,
      bakes: this.bakes,
      platformHost: options.platformHost ?? "paas.localhost",
      platform,
      backlogs: new Backlogs(this.clock),
      workers: 1,
    });
    const https: Https = {
      port: 8443,
      serves: (hostname) => this.secureHosts.has(hostname),
      certificateOf: (hostname) => this.certificateOf(hostname),
    };
    this.heads = new ProxyHeads(new AddressRanges(options.proxies ?? []), options.proxyHeadMs);
    this.front = new Front({
      table: this.table,
      pool: this.pool,
      seats: options.seats ?? new OwnSeats(new SeatDesk(Math.random)),
      limits,
      http2: { ...defaultHttp2Limits, ...options.http2 },
      https,
      admission: new Admission({
        https,
        counts: new OwnCounts(nowMs),
        passwords: new Passwords(),
      }),
      proxies: new AddressRanges(options.proxies ?? []),
      heads: this.heads,
      requestIds: new RequestIds(),
      clock: this.clock,
      turn,
      tunnels: this.#tunnels,
      log: (line) => this.#logged(line),
      count: (served) => this.switches.count(served),
      countAnswer: (answered) => this.bakes.count(answered),
    });
  }

  async listen(): Promise<this> {
    this.front.server.listen(0, "127.0.0.1");
    await once(this.front.server, "listening");
    return this;
  }

  get port(): number {
    return portOf(this.front.server);
  }

  /** Takes a table with one app `shop` at `shop.localhost`. */
  route(
    targets: Target[],
    mode: AppRoute["mode"] = "serve",
    drain?: AppRoute["drain"],
    bake?: AppRoute["bake"],
    tls?: AppRoute["tls"],
  ): void {
    this.hosts({
      version: 0,
      hosts: { "shop.localhost": "a1" },
      apps: {
        a1: {
          name: "shop",
          mode,
          targets,
          ...(drain && { drain }),
          ...(bake && { bake }),
          ...(tls && { tls }),
        },
      },
    });
  }

  /** Takes a table with the app and what it wants of the requests to it. */
  policy(
    port: number,
    http: NonNullable<AppRoute["http"]>,
    hosts: string[] = [],
    tls?: AppRoute["tls"],
  ): void {
    const names = ["shop.localhost", ...hosts].map((host) => [host, "a1"]);
    const app = { name: "shop", mode: "serve" as const, targets: [target("i1", port)], http };
    this.hosts({
      version: 0,
      hosts: Object.fromEntries(names),
      apps: { a1: { ...app, ...(tls && { tls }) } },
    });
  }

  /** Takes a whole table, under the next version. */
  take(table: RouteTable): void {
    const change = this.#known.changeTo({ ...table, version: this.#known.version + 1 });
    if (change && this.#known.take(change)) this.table.take(change);
  }

  /** The same of one that is easy to write. */
  hosts(table: PlainTable): void {
    this.take(tableOf(table));
  }

  /** Takes a table without any app. */
  empty(): void {
    this.hosts({ version: 0, hosts: {}, apps: {} });
  }

  /** Starts an app; resolves with its port. */
  async app(listener: RequestListener, more: (server: Server) => void = () => undefined): Promise<number> {
    const server = createServer(listener);
    more(server);
    return this.#start(server);
  }

  /** Starts an app that speaks for itself, byte by byte. */
  async rawApp(onConnection: (socket: Socket) => void): Promise<number> {
    return this.#start(
      createTcpServer((socket) => {
        socket.on("error", () => socket.destroy());
        onConnection(socket);
      }),
    );
  }

  /** A client that speaks for itself. */
  async client(text = ""): Promise<RawClient> {
    const socket = connect(this.port, "127.0.0.1");
    this.#sockets.add(socket);
    await once(socket, "connect");
    const client = new RawClient(socket);
    if (text) socket.write(text);
    return client;
  }

  async get(path = "/", headers: Record<string, string> = {}): Promise<string> {
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const client = await this.client(
      `GET ${path} HTTP/1.1\r\nHost: shop.localhost:8080\r\nConnection: close\r\n${more.join("")}\r\n`,
    );
    return client.end();
  }

  /** Resolves with the first access line that `matches`, logged before or later. */
  async line(matches: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const found = this.lines.find(({ line }) => matches(line));
      if (found) return found.line;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Closes every tunnel, as a router does that ends. */
  goAway(): void {
    for (const tunnel of this.#tunnels) tunnel.goAway();
  }

  async close(): Promise<void> {
    this.clock.stop();
    for (const socket of this.#sockets) socket.destroy();
    for (const server of [this.front.server, ...this.#servers]) {
      if (!server.listening) continue;
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    }
    this.empty();
  }

  #logged(line: AccessLine): void {
    this.lines.push(line);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #start(server: Server | TcpServer): Promise<number> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => this.#sockets.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return portOf(server);
  }
}

export class RawClient {
  readonly socket: Socket;
  text = "";
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    const wake = () => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    socket.on("data", (chunk: string) => {
      this.text += chunk;
      wake();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", wake);
  }

  /** Resolves when what was received matches; rejects if the connection ends before. */
  async receive(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.destroyed) throw new Error(`ended before ${pattern}: ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.text;
  }

  /** Resolves with everything received when the router closes. */
  async end(): Promise<string> {
    if (!this.socket.destroyed) await once(this.socket, "close");
    return this.text;
  }
}

export function target(instanceId: string, port: number, address = "127.0.0.1"): Target {
  return { instanceId, name: `web.${instanceId}`, node: "n1", address, port };
}

function portOf(server: Server | TcpServer): number {
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}
