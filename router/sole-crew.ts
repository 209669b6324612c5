import { conflict } from "../core/error";
import { addMetrics, type Metrics } from "../core/metrics";
import { totalOf } from "../core/report-sums";
import type { TableChange } from "../core/route-table";
import type { RouterView } from "../core/wire/router";
import { OwnCounts } from "./admission/client-counts";
import type { Crew, CrewOptions } from "./crew";
import type { WorkerReport } from "./report";
import { OwnSeats } from "./seats/own-seats";
import { SeatDesk } from "./seats/seat-desk";
import { Worker } from "./worker";

/** One worker, in this process. */
export class SoleCrew implements Crew {
  readonly #worker: Worker;
  readonly #waiting: CrewOptions["waiting"];
  readonly #table: CrewOptions["table"];

  constructor(options: CrewOptions) {
    const counts = new OwnCounts(() => performance.now());
    const seats = new OwnSeats(new SeatDesk(Math.random));
    this.#worker = new Worker({ ...options, counts, seats, httpsPatienceMs: Number.POSITIVE_INFINITY });
    this.#waiting = options.waiting;
    this.#table = options.table;
  }

  async start(): Promise<void> {}

  async take(change: TableChange): Promise<boolean> {
    return this.#table.take(change) && this.#worker.take(change);
  }

  async report(): Promise<WorkerReport> {
    return this.#worker.report();
  }

  async metrics(): Promise<Metrics> {
    return addMetrics([this.#worker.metrics()]);
  }

  async view(): Promise<RouterView> {
    const { version, inFlight, streams } = this.#worker.report();
    const { connections } = this.#worker;
    const counts = { connections, inFlight: totalOf(inFlight), streams: totalOf(streams) };
    return { workers: [{ pid: process.pid, state: "serving", version, ...counts }], reload: null };
  }

  reload(): never {
    throw conflict(
      "The router serves in one process (PAAS_ROUTER_WORKERS=1), which cannot be succeeded by another on its sockets. " +
        "Set it to 2 or more, then: paas down && paas up --detach.",
    );
  }

  async openHttp(): Promise<void> {
    await this.#worker.openHttp(this.#waiting);
  }

  async openHttps(): Promise<void> {
    await this.#worker.openHttps();
  }

  async end(): Promise<void> {
    await this.#worker.end();
  }
}
