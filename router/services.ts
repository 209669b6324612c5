import type { AddressRanges } from "../core/address-ranges";
import type { Admission } from "./admission/admission";
import type { Clock } from "./clock";
import type { Https } from "./edge";
import type { ExchangeOptions } from "./exchange";
import type { Http2Limits } from "./http2/limits";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import type { ProxyHeads } from "./proxy-protocol/proxy-heads";
import type { RequestIds } from "./request-ids";
import type { Seats } from "./seats/seats";
import type { Table } from "./table";
import type { Tunnel } from "./tunnel";
import type { Turn } from "./turn";

/** What every connection of a client uses. */
export interface Services extends ExchangeOptions {
  table: Table;
  pool: Pool;
  seats: Seats;
  limits: Limits;
  admission: Admission;
  /** Of connections that speak HTTP/2. */
  http2: Http2Limits;
  https: Https;
  /** Whose word on their clients counts. */
  proxies: AddressRanges;
  /** What their connections begin with, where they have to. */
  heads: ProxyHeads;
  requestIds: RequestIds;
  clock: Clock;
  turn: Turn;
  /** Those that are open. */
  tunnels: Set<Tunnel>;
}
