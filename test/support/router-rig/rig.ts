import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { AppRoute, SwitchCount, Target } from "../../../core/route";
import type { RouteTable } from "../../../core/route-table";
import type { AccessLine } from "../../../router/access-log";
import type { Bakes } from "../../../router/bakes";
import type { Clock } from "../../../router/clock";
import type { Front } from "../../../router/front";
import { KnownTable } from "../../../router/known-table";
import type { Pool } from "../../../router/pool";
import type { ProxyHeads } from "../../../router/proxy-protocol/proxy-heads";
import type { Switches } from "../../../router/switches";
import type { Table } from "../../../router/table";
import type { Tunnel } from "../../../router/tunnel";
import { type PlainTable, tableOf } from "../route-table";
import { RawClient } from "./raw-client";
import { bindRouter, type RigOptions } from "./router-parts";
import { Servers } from "./servers";
import { portOf, target } from "./target";

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
  readonly #tunnels: Set<Tunnel>;
  readonly #servers = new Servers();
  readonly #known = new KnownTable();
  #waiting: (() => void)[] = [];

  constructor(options: RigOptions = {}) {
    const https = {
      port: 8443,
      serves: (hostname: string) => this.secureHosts.has(hostname),
      certificateOf: (hostname: string) => this.certificateOf(hostname),
    };
    const parts = bindRouter(options, {
      https,
      onIdle: () => this.#idle(),
      log: (line) => this.#logged(line),
    });
    this.pool = parts.pool;
    this.switches = parts.switches;
    this.bakes = parts.bakes;
    this.table = parts.table;
    this.front = parts.front;
    this.clock = parts.clock;
    this.heads = parts.heads;
    this.#tunnels = parts.tunnels;
  }

  async listen(): Promise<this> {
    await this.#servers.listen(this.front.server);
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
    const more = { ...(drain && { drain }), ...(bake && { bake }), ...(tls && { tls }) };
    this.hosts({
      version: 0,
      hosts: { "shop.localhost": "a1" },
      apps: { a1: { name: "shop", mode, targets, ...more } },
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
  app(listener: RequestListener, more: (server: Server) => void = () => undefined): Promise<number> {
    return this.#servers.app(listener, more);
  }

  /** Starts an app that speaks for itself, byte by byte. */
  rawApp(onConnection: (socket: Socket) => void): Promise<number> {
    return this.#servers.rawApp(onConnection);
  }

  /** A client that speaks for itself. */
  async client(text = ""): Promise<RawClient> {
    const socket = connect(this.port, "127.0.0.1");
    this.#servers.watch(socket);
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

  /** Resolves when a table has come. */
  async routed(): Promise<void> {
    while (this.table.version === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Closes every tunnel, as a router does that ends. */
  goAway(): void {
    for (const tunnel of this.#tunnels) tunnel.goAway();
  }

  async close(): Promise<void> {
    this.clock.stop();
    await this.#servers.close();
    this.empty();
  }

  #idle(): void {
    this.idleReports.push(this.pool.inFlight());
    this.counts.push(this.switches.report(new Set()).a1);
  }

  #logged(line: AccessLine): void {
    this.lines.push(line);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
