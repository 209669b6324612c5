import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import { oneOffLimitMs, type Run, type RunOutcome } from "../../../core/one-off";
import type { Engine, RunSession, RunSpec } from "../../engines/engine";
import type { AppLogs } from "../../logs/app-logs";
import type { LogCollector } from "../../logs/collector";
import type { Runs } from "../../store/runs";
import type { Schedules } from "../../store/schedules";

export interface OneOffWorld {
  runs: Pick<Runs, "open" | "end" | "withdraw">;
  schedules: Pick<Schedules, "watchedUntil">;
  engine: Pick<Engine, "run" | "runDetached" | "runs" | "runEnd" | "end" | "stop">;
  collector: Pick<LogCollector, "collect" | "drained" | "forget">;
  logs: Pick<AppLogs, "append">;
  log: Logger;
  now(): number;
}

const graceMs = 10_000;
const firstRestMs = 250;
const longestRestMs = 15_000;

/**
 * One-offs under way.
 *
 * INVARIANTS
 * - A run has its row before its container, and its end is recorded before its container goes: whatever dies, the next server knows.
 * - A run of a schedule that was never begun leaves no row while its due time is still looked after: it is started anew, once.
 * - An attached one never outlives who is attached, nor the server; a detached one outlives both, and is followed again.
 * - None runs longer than its limit.
 */
export class OneOffs {
  readonly #world: OneOffWorld;
  readonly #limitMs: number;
  readonly #closing = new AbortController();
  /** Why we ended a run; without an entry it ended by itself. */
  readonly #endings = new Map<string, RunOutcome>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(world: OneOffWorld, limitMs = oneOffLimitMs) {
    this.#world = world;
    this.#limitMs = limitMs;
  }

  /**
   * Settles what a server that died left: attached one-offs are removed, detached ones (returned, for `follow`) go on, and rows without a
   * container are closed, or withdrawn where the due time will come up again.
   */
  async takeUp(): Promise<Run[]> {
    const { engine, runs, schedules } = this.#world;
    const [containers, open, watchedUntil] = await Promise.all([
      engine.runs(),
      runs.open(),
      schedules.watchedUntil(),
    ]);
    const states = new Map(containers.map(({ id, state }) => [id, state]));
    const hasBegun = ({ id }: Run): boolean => states.has(id) && states.get(id) !== "created";
    const survivors = open.filter((run) => run.kind !== "attached" && hasBegun(run));
    for (const run of open.filter((one) => !survivors.includes(one))) {
      if (!hasBegun(run) && comesUpAgain(run, watchedUntil)) await runs.withdraw(run);
      else await this.#record(run, states.get(run.id) === "created" ? "not started" : "lost", null);
    }
    const kept = new Set(survivors.map(({ id }) => id));
    await Promise.all(containers.filter(({ id }) => !kept.has(id)).map(({ id }) => engine.stop(id, 0)));
    return survivors;
  }

  /** Starts a one-off and hands out its session; ending the session ends the run. */
  async attach(run: Run, spec: RunSpec): Promise<RunSession> {
    const session = await this.#start(run, (engine) => engine.run(spec));
    const stopLimit = this.#limit(run);
    let over = false;
    const exited = session.exited
      .finally(() => {
        over = true;
        stopLimit();
      })
      .then(
        async (exitCode) => {
          await this.#record(run, this.#endings.get(run.id) ?? "exited", exitCode);
          return exitCode;
        },
        async (error: unknown) => {
          await this.#record(run, this.#endings.get(run.id) ?? "lost", null);
          throw error;
        },
      );
    this.#track(run, exited);
    return {
      stdin: session.stdin,
      stdout: session.stdout,
      stderr: session.stderr,
      resize: (columns, rows) => session.resize(columns, rows),
      signal: (name) => session.signal(name),
      exited,
      end: () => {
        if (!over && !this.#endings.has(run.id)) this.#endings.set(run.id, "lost");
        return session.end();
      },
    };
  }

  /** Starts a one-off whose output goes to the app's log. */
  async detach(run: Run, spec: RunSpec): Promise<void> {
    await this.#start(run, (engine) => engine.runDetached(spec));
    this.follow(run);
  }

  /** Watches a detached one-off to its end: its output, its limit, its exit code, its container's removal. */
  follow(run: Run): void {
    if (this.#underWay.has(run.id)) return;
    this.#world.collector.collect({ appId: run.appId, instanceId: run.id, place: run.name });
    const stopLimit = this.#limit(run);
    const finished = this.#persist(run, async () => {
      const exitCode = await this.#world.engine.runEnd(run.id, this.#closing.signal);
      await this.#finish(run, exitCode);
    });
    this.#track(run, finished.finally(stopLimit));
  }

  /** SIGTERM, 10 s, SIGKILL; resolves when the end is recorded. */
  async stop(run: Run): Promise<void> {
    this.#endings.set(run.id, "stopped");
    await this.#world.engine.end(run.id, graceMs);
    await this.#underWay.get(run.id);
  }

  /** Stops watching; detached one-offs go on. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay.values());
  }

  /** A start that fails is recorded as such; one that was to be stopped meanwhile is stopped. */
  async #start<T>(run: Run, start: (engine: OneOffWorld["engine"]) => Promise<T>): Promise<T> {
    try {
      const started = await start(this.#world.engine);
      if (this.#endings.has(run.id)) await this.#world.engine.end(run.id, graceMs);
      return started;
    } catch (error) {
      await this.#record(run, "not started", null);
      throw error;
    }
  }

  async #finish(run: Run, exitCode: number | null): Promise<void> {
    const { engine, collector, runs } = this.#world;
    await collector.drained(run.id);
    const outcome = this.#endings.get(run.id) ?? (exitCode === null ? "lost" : "exited");
    if (await runs.end(run, outcome, exitCode)) await this.#say(run, outcome, exitCode);
    await engine.stop(run.id, 0);
    await collector.forget(run.id);
  }

  /** Records an end; when the ledger cannot be written now, nobody waits for it. */
  async #record(run: Run, outcome: RunOutcome, exitCode: number | null): Promise<void> {
    const record = async () => {
      const ended = await this.#world.runs.end(run, outcome, exitCode);
      if (ended && (run.kind !== "attached" || outcome !== "exited")) await this.#say(run, outcome, exitCode);
    };
    await record().catch((error: unknown) => {
      this.#report(run, error);
      this.#persist(run, record);
    });
  }

  #say(run: Run, outcome: RunOutcome, exitCode: number | null): Promise<void> {
    const at = new Date(this.#world.now());
    return this.#world.logs.append(run.appId, [
      { at, from: "paas", place: run.name, text: endText(outcome, exitCode) },
    ]);
  }

  #track(run: Run, ended: Promise<unknown>): void {
    const settled = ended.then(
      () => undefined,
      (error: unknown) => this.#report(run, error),
    );
    const tracked = settled.finally(() => {
      this.#underWay.delete(run.id);
      this.#endings.delete(run.id);
    });
    this.#underWay.set(run.id, tracked);
  }

  #limit(run: Run): () => void {
    const leftMs = run.startedAt.getTime() + this.#limitMs - this.#world.now();
    const timer = setTimeout(
      () => {
        this.#endings.set(run.id, "timed out");
        this.#persist(run, () => this.#world.engine.end(run.id, graceMs));
      },
      Math.max(0, leftMs),
    );
    timer.unref();
    return () => clearTimeout(timer);
  }

  /** Repeats what must be done until it is, or the server ends. */
  async #persist(run: Run, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    for (let restMs = firstRestMs; !signal.aborted; restMs = Math.min(restMs * 2, longestRestMs)) {
      try {
        return await act();
      } catch (error) {
        if (signal.aborted) return;
        this.#report(run, error);
      }
      await pause(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #report(run: Run, error: unknown): void {
    this.#world.log.warn({ app: run.appId, run: run.name, err: messageOf(error) }, "a one-off was disturbed");
  }
}

/** Whether its due time is not dealt with yet: it will be met, or told as missed. */
const comesUpAgain = ({ dueAt }: Run, watchedUntil: Date | null): boolean =>
  dueAt !== null && watchedUntil !== null && dueAt > watchedUntil;

/** What the app's log says of an end. */
function endText(outcome: RunOutcome, exitCode: number | null): string {
  const status = exitCode === null ? "Its exit code is unknown" : `Process exited with status ${exitCode}`;
  switch (outcome) {
    case "exited":
      return status;
    case "stopped":
      return `Stopped\n${status}`;
    case "timed out":
      return `Stopped at its time limit\n${status}`;
    case "lost":
      return `Lost with its connection or its container\n${status}`;
    case "not started":
      return "Was not started";
    case "skipped":
      return "Skipped: the run before it is still under way";
  }
}
