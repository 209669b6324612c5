import cluster from "node:cluster";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { recoveredAfterMs, restartDelayMs } from "../../core/backoff";
import { conflict, messageOf } from "../../core/error";
import type { Metrics } from "../../core/metrics";
import type { TableChange } from "../../core/route-table";
import type { RouterView } from "../../core/wire/router";
import { OwnCounts } from "../admission/client-counts";
import type { Crew, CrewOptions } from "../crew";
import { type ListenOptions, listen } from "../listener";
import { sumReports, type WorkerReport } from "../report";
import { SeatDesk } from "../seats/seat-desk";
import { CountDesk } from "./count-desk";
import type { Beginning, Door } from "./messages";
import { PastMetrics } from "./past-metrics";
import { WorkerProcess } from "./worker-process";

export interface WorkerCrewOptions extends CrewOptions, Pick<Beginning, "logTo"> {
  size: number;
  /** Called when no worker is left: with the last one, Node closes a socket that was handed to us. */
  onDeserted?: () => void;
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
  readonly #seats = new SeatDesk(Math.random);
  readonly #doors = new Set<Door>();
  readonly #stopping = new AbortController();
  #opening: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Deaths since one has last lived for long. */
  #deaths = 0;
  readonly #past = new PastMetrics();
  #reload: RouterView["reload"] = null;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ exec: join(__dirname, "main.js"), args: [], serialization: "advanced" });
    const begun = await this.#beginAll(false);
    if (!begun.every((worker) => this.#workers.has(worker))) throw new Error("a worker could not be started");
    this.#watch = setInterval(() => void this.#askAll(), watchMs);
  }

  async take(change: TableChange): Promise<boolean> {
    const { table, certificates } = this.#options;
    if (!table.take(change)) return false;
    certificates.take(change);
    await within(Promise.all([...this.#workers].map((worker) => this.#give(worker, change))));
    return true;
  }

  async report(): Promise<WorkerReport> {
    await within(this.#askAll());
    const counting = [...this.#workers].filter(({ state }) => state !== "starting");
    return sumReports(
      counting.map((worker) => worker.report),
      this.#options.table.version,
    );
  }

  async metrics(): Promise<Metrics> {
    await within(Promise.all([...this.#workers].map((worker) => worker.measure())));
    const living = [...this.#workers].map((worker) => worker.metrics);
    return this.#past.with(living, this.#options.table.whole.apps);
  }

  async view(): Promise<RouterView> {
    await within(this.#askAll());
    return this.#lastView;
  }

  reload(): RouterView {
    if (this.#reload?.state === "starting")
      throw conflict("A reload is under way: its new workers begin. Try again when they serve.");
    this.#reload = { state: "starting", reason: null };
    void this.#succeed().catch((error: unknown) => {
      this.#reload = { state: "failed", reason: messageOf(error) };
      this.#options.logger.error(
        { reason: messageOf(error) },
        "the reload failed; the workers before it go on",
      );
    });
    return this.#lastView;
  }

  async openHttp(): Promise<void> {
    const { host, httpPort: port, handed } = this.#options.settings;
    await this.#open("http", { host, port, fd: handed?.http, ...this.#options.waiting });
    if (this.#serving.length === 0) throw new Error("no worker can listen");
  }

  async openHttps(): Promise<void> {
    const { settings, certificates, logger } = this.#options;
    const { host, secure, handed } = settings;
    if (!secure || !certificates.any) return;
    const onHeld = () =>
      logger.error({ port: secure.port }, "PAAS_HTTPS_PORT is in use; https is not served before it is free");
    const patienceMs = Number.POSITIVE_INFINITY;
    this.#opening ??= this.#open("https", { host, port: secure.port, fd: handed?.https, patienceMs, onHeld });
    await this.#opening.catch((error: unknown) =>
      logger.error({ port: secure.port, reason: messageOf(error) }, "https is not served"),
    );
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#watch);
    await Promise.all([...this.#workers].map((worker) => worker.end()));
  }

  /** By what each said last. */
  get #lastView(): RouterView {
    return { workers: [...this.#workers].map((worker) => worker.view), reload: this.#reload };
  }

  get #serving(): WorkerProcess[] {
    return [...this.#workers].filter(({ state }) => state === "serving");
  }

  /** New workers serve before old ones leave; when one of them cannot, all old ones stay. */
  async #succeed(): Promise<void> {
    const fresh = await this.#beginAll(true);
    const living = fresh.filter((worker) => this.#workers.has(worker));
    if (living.length < fresh.length) {
      for (const worker of living) worker.leave();
      throw new Error(`a new worker could not be started: ${await firstEnd(fresh, living)}`);
    }
    for (const worker of fresh) worker.isOnTrial = false;
    const old = [...this.#workers].filter((worker) => !fresh.includes(worker));
    const leaving = { state: "leaving", reason: null } as const;
    this.#reload = leaving;
    for (const worker of old) worker.leave();
    await Promise.all(old.map((worker) => worker.ended));
    // Another reload may have begun meanwhile.
    if (this.#reload === leaving) this.#reload = { state: "done", reason: null };
  }

  /** Forks as many as there should be; resolves when each of them serves, or is gone. */
  async #beginAll(isOnTrial: boolean): Promise<WorkerProcess[]> {
    const begun = Array.from({ length: this.#options.size }, () => this.#fork(isOnTrial));
    await Promise.all(begun.map((worker) => this.#admit(worker)));
    return begun;
  }

  #fork(isOnTrial: boolean): WorkerProcess {
    const { settings, certificateKey, logTo, log, onNews } = this.#options;
    const beginning = { settings, certificateKey, logTo };
    const worker = new WorkerProcess(cluster.fork(), beginning, {
      isOnTrial,
      log,
      onNews,
      count: (asker, asks) => this.#counts.answer(asker, asks),
      seats: this.#seats,
      nowMs: () => performance.now(),
    });
    this.#workers.add(worker);
    const beganMs = performance.now();
    void worker.ended.then((how) => this.#ended(worker, how, performance.now() - beganMs));
    return worker;
  }

  /** Has it serve, with the newest table. */
  async #admit(worker: WorkerProcess): Promise<void> {
    await this.#give(worker, this.#options.table.asChange);
    if (worker.state !== "starting" || !this.#workers.has(worker)) return;
    worker.state = "serving";
    await Promise.all([...this.#doors].map((door) => worker.open(door)));
    if (this.#workers.has(worker)) this.#options.logger.info({ worker: worker.pid }, "a worker serves");
  }

  /** Gives a worker what is new to it; tells when it was late to take it. */
  async #give(worker: WorkerProcess, change: TableChange): Promise<void> {
    const givenMs = performance.now();
    await worker.take(change, this.#options.certificates.sealedOf(change));
    if (performance.now() - givenMs > lateMs) this.#options.onNews();
  }

  #ended(worker: WorkerProcess, how: string, livedMs: number): void {
    this.#workers.delete(worker);
    this.#past.keep(worker.metrics);
    this.#counts.gone(worker);
    this.#options.onNews();
    if (this.#stopping.signal.aborted || worker.isOnTrial || worker.state === "leaving") return;
    if (this.#serving.length === 0 && this.#options.settings.handed?.http !== undefined)
      this.#options.onDeserted?.();
    if (livedMs > recoveredAfterMs) this.#deaths = 0;
    const restMs = restartDelayMs(this.#deaths);
    this.#deaths += 1;
    const particulars = { worker: worker.pid, how, restMs };
    this.#options.logger.error(particulars, "a worker has ended; another one takes its place");
    void delay(restMs, undefined, { signal: this.#stopping.signal }).then(
      () => this.#admit(this.#fork(false)),
      () => undefined,
    );
  }

  /** The primary finds out whether a port is free, and waits for it, unless it was handed to us; the workers then share it. */
  async #open(door: Door, place: ListenOptions): Promise<void> {
    if (place.fd === undefined) {
      const probe = createServer();
      await listen(probe, place);
      await new Promise((resolve) => probe.close(resolve));
    }
    this.#doors.add(door);
    await Promise.all(this.#serving.map((worker) => worker.open(door)));
  }

  async #askAll(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.ask()));
  }
}

/** How the first of those ended that do not live. */
const firstEnd = (all: WorkerProcess[], living: WorkerProcess[]): Promise<string> =>
  Promise.race(all.filter((worker) => !living.includes(worker)).map((worker) => worker.ended));

/** Waits for workers, but not for one that is late. */
async function within(answers: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = delay(lateMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([answers, late]);
  over.abort();
}
