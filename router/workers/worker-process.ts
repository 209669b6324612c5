import type { Worker as Forked } from "node:cluster";
import { type Metrics, noMetrics } from "../../core/metrics";
import { totalOf } from "../../core/report-sums";
import type { TableChange } from "../../core/route-table";
import type { RouterWorkerView } from "../../core/wire/router";
import type { AccessLine } from "../access-log";
import type { WorkerReport } from "../report";
import type { SeatDesk } from "../seats/seat-desk";
import type { CountAnswer, CountAsk } from "./count-messages";
import { unpackLines } from "./line-batch";
import type { Beginning, Door, FromWorker, ToWorker } from "./messages";
import { SeatsOfWorker } from "./seats-of-worker";

export interface WorkerProcessOptions {
  log: (line: AccessLine) => void;
  /** Called when it tells something by itself. */
  onNews: () => void;
  /** Counts clients for it. */
  count: (worker: WorkerProcess, asks: readonly CountAsk[]) => CountAnswer[];
  /** Where the seats of instances are given out. */
  seats: SeatDesk;
  nowMs: () => number;
  isOnTrial: boolean;
}

/** One that answers nothing for so long is killed: its connections are lost, but others are served. */
const hungMs = 10_000;
const nothing: WorkerReport = { version: 0, inFlight: {}, streams: {}, switches: {}, bakes: {} };

/** A worker as its primary knows it. Whoever waits for an answer waits no longer than it lives. */
export class WorkerProcess {
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  state: RouterWorkerView["state"] = "starting";
  /** Not replaced when it ends: those that it is to succeed go on. */
  isOnTrial: boolean;
  readonly #forked: Forked;
  readonly #options: WorkerProcessOptions;
  readonly #seats: SeatsOfWorker;
  readonly #answers = new Map<number, () => void>();
  readonly #opened = new Map<Door, () => void>();
  #asked = 0;
  #answeredMs: number;
  #report = nothing;
  #connections = 0;
  #metrics = noMetrics;
  #over = false;

  constructor(forked: Forked, beginning: Beginning, options: WorkerProcessOptions) {
    this.#forked = forked;
    this.#options = options;
    this.#seats = new SeatsOfWorker(options.seats, (answers) => this.#send({ kind: "seated", answers }));
    this.#answeredMs = options.nowMs();
    this.isOnTrial = options.isOnTrial;
    this.ended = new Promise((resolve) => {
      forked.once("exit", (code, signal) => {
        const how = signal ? `killed by ${signal}` : `exit code ${code}`;
        // What it said last may still be on its way.
        if (forked.isConnected()) forked.once("disconnect", () => resolve(how));
        else resolve(how);
      });
      // A message that cannot be sent goes to a worker that is ending; its end tells it.
      forked.on("error", (error) => {
        if (forked.process.pid === undefined) resolve(`could not be started: ${error.message}`);
      });
    });
    void this.ended.then(() => this.#settleAll());
    forked.on("message", (message: FromWorker) => this.#hear(message));
    this.#send({ kind: "begin", ...beginning });
  }

  get pid(): number {
    return this.#forked.process.pid ?? 0;
  }

  /** What it said last. */
  get report(): WorkerReport {
    return this.#report;
  }

  /** What it measured, when it was last asked or when it ended. */
  get metrics(): Metrics {
    return this.#metrics;
  }

  /** It, as people see it. */
  get view(): RouterWorkerView {
    const { version, inFlight, streams } = this.#report;
    const [pid, connections] = [this.pid, this.#connections];
    return {
      pid,
      state: this.state,
      version,
      connections,
      inFlight: totalOf(inFlight),
      streams: totalOf(streams),
    };
  }

  /** Gives it a change of the table, with the certificates that it names; resolves when it routes by that. */
  take(change: TableChange, sealed: Map<string, Uint8Array>): Promise<void> {
    return this.#ask((ask) => ({ kind: "change", ask, change, sealed }));
  }

  /** Has it report; resolves when it has. */
  ask(): Promise<void> {
    return this.#ask((ask) => ({ kind: "report", ask }));
  }

  /** Has it tell what it measured; resolves when it has. */
  measure(): Promise<void> {
    return this.#ask((ask) => ({ kind: "metrics", ask }));
  }

  /** Resolves when it listens. */
  open(door: Door): Promise<void> {
    return new Promise((resolve) => {
      if (this.#over) return resolve();
      this.#opened.set(door, resolve);
      this.#send({ kind: "open", door });
    });
  }

  /** Has it end when what is in flight has; resolves when it is gone. */
  async end(): Promise<void> {
    this.#send({ kind: "end" });
    await this.ended;
  }

  /** Has it end when all that it serves has ended by itself. */
  leave(): void {
    this.state = "leaving";
    this.#send({ kind: "leave" });
  }

  kill(): void {
    this.#forked.process.kill("SIGKILL");
  }

  #ask(message: (ask: number) => ToWorker): Promise<void> {
    if (this.#over) return Promise.resolve();
    if (this.#answers.size === 0) this.#answeredMs = this.#options.nowMs();
    if (this.#options.nowMs() - this.#answeredMs > hungMs) this.kill();
    this.#asked += 1;
    const ask = this.#asked;
    return new Promise((resolve) => {
      this.#answers.set(ask, resolve);
      this.#send(message(ask));
    });
  }

  #send(message: ToWorker): void {
    if (this.#forked.isConnected()) this.#forked.send(message, () => undefined);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "report":
        this.#report = message.report;
        this.#connections = message.connections;
        this.#answered(message.ask);
        return;
      case "metrics":
        this.#metrics = message.metrics;
        if (message.ask !== null) this.#answered(message.ask);
        return;
      case "opened":
        this.#opened.get(message.door)?.();
        this.#opened.delete(message.door);
        return;
      case "count":
        this.#send({ kind: "counted", answers: this.#options.count(this, message.asks) });
        return;
      case "seats":
        this.#seats.hear(message.asks);
        return;
      case "lines":
        for (const line of unpackLines(message.lines)) this.#options.log(line);
    }
  }

  #answered(ask: number | null): void {
    if (ask === null) {
      this.#options.onNews();
      return;
    }
    this.#answeredMs = this.#options.nowMs();
    this.#answers.get(ask)?.();
    this.#answers.delete(ask);
  }

  #settleAll(): void {
    this.#over = true;
    this.#seats.gone();
    for (const settle of [...this.#answers.values(), ...this.#opened.values()]) settle();
    this.#answers.clear();
    this.#opened.clear();
  }
}
