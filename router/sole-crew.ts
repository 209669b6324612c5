import type { RouteTable } from "../core/route";
import { OwnCounts } from "./admission/client-counts";
import type { Crew, CrewOptions } from "./crew";
import type { WorkerReport } from "./report";
import { Worker } from "./worker";

/** One worker, in this process. */
export class SoleCrew implements Crew {
  readonly #worker: Worker;
  readonly #waiting: CrewOptions["waiting"];

  constructor(options: CrewOptions) {
    const counts = new OwnCounts(() => performance.now());
    this.#worker = new Worker({ ...options, counts, httpsPatienceMs: Number.POSITIVE_INFINITY });
    this.#waiting = options.waiting;
  }

  async start(): Promise<void> {}

  async take(table: RouteTable): Promise<boolean> {
    return this.#worker.take(table);
  }

  async report(): Promise<WorkerReport> {
    return this.#worker.report();
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
