import cluster from "node:cluster";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { recoveredAfterMs, restartDelayMs } from "../../core/backoff";
import { messageOf } from "../../core/error";
import { emptyRouteTable, type RouteTable } from "../../core/route";
import { OwnCounts } from "../admission/client-counts";
import type { Crew, CrewOptions } from "../crew";
import { type ListenOptions, listen } from "../listener";
import { sumReports, type WorkerReport } from "../report";
import { CountDesk } from "./count-desk";
import type { Beginning, Door } from "./messages";
import { WorkerProcess } from "./worker-process";

export interface WorkerCrewOptions extends CrewOptions, Pick<Beginning, "logTo"> {
  size: number;
}

/** How long a worker that does not answer holds the others up. */
const lateMs = 500;
/** How often each is asked, if only to see whether it still answers. */
const watchMs = 1_000;

/**
 * Workers in processes of their own, which accept from the same sockets. The primary forks them, gives them tables, and adds up what they
 * say; no request passes through it.
 *
 * INVARIANTS
 * - Each worker has the newest table before it accepts its first connection, and gets each one after that until it is gone.
 * - One that is gone is replaced; what it counted goes with it, as its requests do.
 */
export class WorkerCrew implements Crew {
  readonly #options: WorkerCrewOptions;
  readonly #workers = new Set<WorkerProcess>();
  readonly #counts = new CountDesk<WorkerProcess>(new OwnCounts(() => performance.now()));
  readonly #doors = new Set<Door>();
  readonly #stopping = new AbortController();
  #table: RouteTable = emptyRouteTable;
  #opening: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Deaths since one has last lived for long. */
  #deaths = 0;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ exec: join(__dirname, "main.js"), args: [], serialization: "advanced" });
    const { size } = this.#options;
    await Promise.all(Array.from({ length: size }, () => this.#begin()));
    if (this.#serving.length < size) throw new Error("not every worker could be started");
    this.#watch = setInterval(() => void this.#askAll(), watchMs);
  }

  async take(table: RouteTable): Promise<boolean> {
    if (table.version <= this.#table.version) return false;
    this.#table = table;
    this.#options.certificates.take(table);
    const taken = Promise.all([...this.#workers].map((worker) => this.#give(worker)));
    await this.#within(taken);
    return true;
  }

  async report(): Promise<WorkerReport> {
    await this.#within(this.#askAll());
    return sumReports(
      this.#serving.map((worker) => worker.report),
      this.#table.version,
    );
  }

  async openHttp(): Promise<void> {
    const { host, httpPort: port } = this.#options.settings;
    await this.#open("http", { host, port, ...this.#options.waiting });
    if (this.#serving.length === 0) throw new Error("no worker can listen");
  }

  async openHttps(): Promise<void> {
    const { settings, certificates, logger } = this.#options;
    const { host, secure } = settings;
    if (!secure || !certificates.any) return;
    const onHeld = () =>
      logger.error({ port: secure.port }, "PAAS_HTTPS_PORT is in use; https is not served before it is free");
    const patienceMs = Number.POSITIVE_INFINITY;
    this.#opening ??= this.#open("https", { host, port: secure.port, patienceMs, onHeld });
    await this.#opening.catch((error: unknown) =>
      logger.error({ port: secure.port, reason: messageOf(error) }, "https is not served"),
    );
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#watch);
    await Promise.all([...this.#workers].map((worker) => worker.end()));
  }

  get #serving(): WorkerProcess[] {
    return [...this.#workers].filter((worker) => worker.serves);
  }

  /** Forks one; resolves when it serves, or is gone. */
  async #begin(): Promise<void> {
    const { settings, certificateKey, logTo, log, onNews, logger } = this.#options;
    const beginning = { settings, certificateKey, logTo };
    const worker = new WorkerProcess(cluster.fork(), beginning, {
      log,
      onNews,
      count: (asker, asks) => this.#counts.answer(asker, asks),
      nowMs: () => performance.now(),
    });
    this.#workers.add(worker);
    const beganMs = performance.now();
    void worker.ended.then((how) => this.#ended(worker, how, performance.now() - beganMs));
    await this.#give(worker);
    if (!this.#workers.has(worker)) return;
    worker.serves = true;
    await Promise.all([...this.#doors].map((door) => worker.open(door)));
    if (this.#workers.has(worker)) logger.info({ worker: worker.pid }, "a worker serves");
  }

  /** Gives a worker the newest table; tells when it was late to take it. */
  async #give(worker: WorkerProcess): Promise<void> {
    const givenMs = performance.now();
    await worker.take(this.#table, this.#options.certificates.sealedOf(this.#table));
    if (performance.now() - givenMs > lateMs) this.#options.onNews();
  }

  #ended(worker: WorkerProcess, how: string, livedMs: number): void {
    this.#workers.delete(worker);
    this.#counts.gone(worker);
    this.#options.onNews();
    if (this.#stopping.signal.aborted) return;
    if (livedMs > recoveredAfterMs) this.#deaths = 0;
    const restMs = restartDelayMs(this.#deaths);
    this.#deaths += 1;
    this.#options.logger.error(
      { worker: worker.pid, how, restMs },
      "a worker has ended; another one takes its place",
    );
    void delay(restMs, undefined, { signal: this.#stopping.signal }).then(
      () => this.#begin(),
      () => undefined,
    );
  }

  /**
   * The primary finds out whether a port is free, and waits for it; the workers then share it. It closes when the last of them has closed it.
   */
  async #open(door: Door, place: ListenOptions): Promise<void> {
    const probe = createServer();
    await listen(probe, place);
    await new Promise((resolve) => probe.close(resolve));
    this.#doors.add(door);
    await Promise.all(this.#serving.map((worker) => worker.open(door)));
  }

  async #askAll(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.ask()));
  }

  /** Waits for workers, but not for one that is late. */
  async #within(answers: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const late = delay(lateMs, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([answers, late]);
    over.abort();
  }
}
