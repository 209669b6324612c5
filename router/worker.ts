import type { Server } from "node:net";
import { AddressRanges } from "../core/address-ranges";
import type { HandedSockets } from "../core/handed-sockets";
import type { Logger } from "../core/logger";
import type { Metrics } from "../core/metrics";
import type { TableChange } from "../core/route-table";
import type { AccessLine } from "./access-log";
import type { ClientCounts } from "./admission/client-counts";
import { DataPath, type DataPathOptions } from "./data-path";
import { factsOf } from "./front";
import { type ListenOptions, listen } from "./listener";
import type { WorkerReport } from "./report";
import type { Seats } from "./seats/seats";
import type { Certificates } from "./tls/certificates";
import { SecureDoor } from "./tls/secure-door";

/** What a worker has to know of the platform's settings: plain data, since it may be on its way to another process. */
export interface WorkerSettings {
  host: string;
  httpPort: number;
  /** Sockets that its router was started with; absent: none. */
  handed?: HandedSockets;
  platform: DataPathOptions["platform"];
  /** How many workers there are. */
  workers: number;
  /** Ranges of those whose word on their clients counts. */
  trustedProxies: readonly string[];
  /** Doors at which those begin with a PROXY head. */
  proxyProtocol: readonly ("http" | "https")[];
  /** Requests under way at once over one HTTP/2 connection. */
  http2Streams: number;
  /** Undefined: it serves no TLS. */
  secure: { port: number; ticketDirectory: string } | undefined;
}

export interface WorkerOptions {
  settings: WorkerSettings;
  certificates: Certificates;
  /** Of the apps' clients. */
  counts: ClientCounts;
  /** Of the apps' instances. */
  seats: Seats;
  /** How long to wait for the port of https while another program holds it. */
  httpsPatienceMs: number;
  /** Takes the access line of a request to an app. */
  log: (line: AccessLine) => void;
  /** Called when something is worth telling at once. */
  onNews: () => void;
  logger: Logger;
}

/** What serves requests within one process: the data path and its doors. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #path: DataPath;
  readonly #door: SecureDoor | undefined;

  constructor(options: WorkerOptions) {
    const { settings, certificates, counts, seats, httpsPatienceMs, log, onNews, logger } = options;
    this.#options = options;
    const { secure, platform, workers, proxyProtocol } = settings;
    const path = new DataPath({
      platform,
      workers,
      https: {
        port: secure?.port ?? 443,
        serves: (hostname) => secure !== undefined && certificates.contextFor(hostname) !== undefined,
        certificateOf: (hostname) => certificates.idFor(hostname),
      },
      proxies: new AddressRanges(settings.trustedProxies),
      counts,
      seats,
      http2Streams: settings.http2Streams,
      onIdle: onNews,
      log,
    });
    this.#path = path;
    this.#door =
      secure &&
      new SecureDoor({
        host: settings.host,
        port: secure.port,
        fd: settings.handed?.https,
        certificates,
        patienceMs: httpsPatienceMs,
        ticketDirectory: secure.ticketDirectory,
        handshakeMs: path.limits.headMs,
        onConnection: (socket) => path.front.accept(socket, factsOf(socket, "https", path.heads)),
        log: logger,
      });
    if (proxyProtocol.includes("http")) path.heads.guard(path.front.server);
    if (proxyProtocol.includes("https") && this.#door) path.heads.guard(this.#door.server);
  }

  /** Routes by a changed table whose certificates are here; false for a change of another version than it has. */
  take(change: TableChange): boolean {
    if (!this.#path.table.take(change)) return false;
    this.#options.certificates.take(change);
    this.#path.meter.take(change.apps);
    return true;
  }

  report(): WorkerReport {
    const { table, pool, switches, bakes } = this.#path;
    return {
      version: table.version,
      inFlight: pool.inFlight(),
      streams: pool.streams(),
      switches: switches.report(pool.draining()),
      bakes: bakes.report(),
    };
  }

  /** Opens the door for http. Rejects with the system's error. */
  openHttp(waiting: Pick<ListenOptions, "patienceMs" | "onHeld">): Promise<void> {
    const { host, httpPort: port, handed } = this.#options.settings;
    return listen(this.#path.front.server, { host, port, fd: handed?.http, ...waiting });
  }

  /** Opens the door for https if there is a certificate; whether it is open. */
  async openHttps(): Promise<boolean> {
    await this.#door?.openIfNeeded();
    return this.#door?.server.listening ?? false;
  }

  /** All that it has measured. */
  metrics(): Metrics {
    const { meter, pool } = this.#path;
    return { ...meter.read(), inFlight: pool.inFlightByPlace() };
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.#path.connections;
  }

  /** Stops accepting and lets what is in flight end, within a limit. */
  async end(): Promise<void> {
    this.#door?.stop();
    await this.#path.end(this.#feeders);
  }

  /** Stops accepting and lets all end by itself, as successors take over. */
  async leave(): Promise<void> {
    this.#door?.stop();
    await this.#path.leave(this.#feeders);
  }

  get #feeders(): Server[] {
    return this.#door ? [this.#door.server] : [];
  }
}
