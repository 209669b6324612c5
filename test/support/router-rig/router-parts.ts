import { AddressRanges } from "../../../core/address-ranges";
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
import { target } from "./target";

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

/** What a rig sees of its router. */
export interface RigHooks {
  https: Https;
  /** A target that left has gone idle. */
  onIdle(): void;
  log(line: AccessLine): void;
}

export interface RouterParts {
  pool: Pool;
  switches: Switches;
  bakes: Bakes;
  table: Table;
  front: Front;
  clock: Clock;
  heads: ProxyHeads;
  tunnels: Set<Tunnel>;
}

/** A router's parts, bound to one another as the data path binds them, with limits that a test can wait for. */
export function bindRouter(options: RigOptions, { https, onIdle, log }: RigHooks): RouterParts {
  const nowMs = () => performance.now();
  const clock = new Clock({ nowMs, everyMs: 10 });
  const turn = new Turn();
  const dialling = { clock, turn, reading: new ReadBuffer() };
  const pool = new Pool({ dialling, nowMs, random: Math.random, onIdle });
  const switches = new Switches(nowMs);
  const bakes = new Bakes(nowMs);
  const table = new Table({
    pool,
    switches,
    bakes,
    platformHost: options.platformHost ?? "paas.localhost",
    platform: new TargetState("", target("", options.apiPort ?? 1), dialling, () => undefined),
    backlogs: new Backlogs(clock),
    workers: 1,
  });
  const proxies = new AddressRanges(options.proxies ?? []);
  const heads = new ProxyHeads(proxies, options.proxyHeadMs);
  const tunnels = new Set<Tunnel>();
  const front = new Front({
    table,
    pool,
    seats: options.seats ?? new OwnSeats(new SeatDesk(Math.random)),
    limits: { ...defaultLimits, ...options.limits },
    http2: { ...defaultHttp2Limits, ...options.http2 },
    https,
    admission: new Admission({ https, counts: new OwnCounts(nowMs), passwords: new Passwords() }),
    proxies,
    heads,
    requestIds: new RequestIds(),
    clock,
    turn,
    tunnels,
    log,
    count: (served) => switches.count(served),
    countAnswer: (answered) => bakes.count(answered),
  });
  return { pool, switches, bakes, table, front, clock, heads, tunnels };
}
