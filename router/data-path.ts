import type { Server } from "node:net";
import type { AddressRanges } from "../core/address-ranges";
import type { AccessLine } from "./access-log";
import { Admission } from "./admission/admission";
import type { ClientCounts } from "./admission/client-counts";
import { Passwords } from "./admission/passwords";
import { Backlogs } from "./backlog";
import { Bakes } from "./bakes";
import { Clock } from "./clock";
import type { Https } from "./edge";
import { Front } from "./front";
import { defaultHttp2Limits } from "./http2/limits";
import { defaultLimits, type Limits } from "./limits";
import { Meter } from "./meter";
import { Pool } from "./pool";
import { ProxyHeads } from "./proxy-protocol/proxy-heads";
import { ReadBuffer } from "./read-buffer";
import { RequestIds } from "./request-ids";
import type { Seats } from "./seats/seats";
import { Switches } from "./switches";
import { Table } from "./table";
import { TargetState } from "./target";
import type { Tunnel } from "./tunnel";
import { Turn } from "./turn";

/** How often deadlines are looked at. */
const tickMs = 500;

export interface DataPathOptions {
  /** The platform's own hostname, and where its API is; undefined for a router without a platform. */
  platform: { hostname: string; address: string; port: number } | undefined;
  /** How many processes serve, this one among them. */
  workers: number;
  https: Https;
  /** Requests under way at once over one HTTP/2 connection. */
  http2Streams: number;
  /** Whose word on their clients counts. */
  proxies: AddressRanges;
  /** Of the apps' clients. */
  counts: ClientCounts;
  /** Of the apps' instances. */
  seats: Seats;
  /** Called when a target that left the table has no request or no stream in flight any more. */
  onIdle: () => void;
  /** Takes the access line of a request to an app. */
  log: (line: AccessLine) => void;
}

/** All that a request passes, put together. */
export class DataPath {
  readonly limits: Limits = defaultLimits;
  readonly pool: Pool;
  readonly switches: Switches;
  readonly bakes: Bakes;
  readonly meter = new Meter();
  readonly table: Table;
  readonly front: Front;
  readonly heads: ProxyHeads;
  readonly #tunnels = new Set<Tunnel>();

  constructor(options: DataPathOptions) {
    const { platform, workers, https, http2Streams, proxies, counts, seats, onIdle, log } = options;
    const nowMs = () => performance.now();
    const clock = new Clock({ nowMs, everyMs: tickMs });
    const turn = new Turn();
    const dialling = { clock, turn, reading: new ReadBuffer() };
    const pool = new Pool({ nowMs, random: Math.random, dialling, onIdle });
    clock.watch(pool);
    const api = platform && { instanceId: "", name: "paas", node: "", ...platform };
    this.pool = pool;
    this.switches = new Switches(nowMs);
    this.bakes = new Bakes(nowMs);
    this.table = new Table({
      pool,
      switches: this.switches,
      bakes: this.bakes,
      platformHost: platform?.hostname,
      backlogs: new Backlogs(clock),
      workers,
      platform: api && new TargetState("", api, dialling, () => undefined),
    });
    this.heads = new ProxyHeads(proxies);
    this.front = new Front({
      table: this.table,
      pool,
      seats,
      limits: this.limits,
      admission: new Admission({ https, counts, passwords: new Passwords() }),
      http2: { ...defaultHttp2Limits, streams: http2Streams },
      https,
      proxies,
      heads: this.heads,
      clock,
      turn,
      tunnels: this.#tunnels,
      requestIds: new RequestIds(),
      log,
      count: (served) => {
        this.switches.count(served);
        this.meter.count(served);
      },
      countAnswer: (answered) => this.bakes.count(answered),
    });
  }

  /** Stops accepting, closes streams in order, and lets requests end. `feeders` hand their connections to the front. */
  async end(feeders: Server[] = []): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.goAway();
    this.pool.closeStreams();
    await this.front.drain(feeders, { limitMs: this.limits.drainMs, graceMs: 0 });
  }

  /** Stops accepting and lets all end by itself, as successors take over; streams within the limit of their app. */
  async leave(feeders: Server[] = []): Promise<void> {
    this.pool.limitStreams();
    await this.front.drain(feeders, { limitMs: this.limits.leaveMs, graceMs: this.limits.leaveIdleMs });
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.front.connections + this.#tunnels.size;
  }
}
