import { oneOffLimitMs, type Run, type RunOutcome } from "../../core/one-off";
import type { LogSourceContainer } from "../../server/logs/collection";
import type { OneOffWorld } from "../../server/scheduler/one-offs/one-offs";
import { FakeEngine } from "./engine";

/** A ledger of runs, a log and a clock in the test's hands, and the fake engine. */
export class FakeOneOffWorld implements OneOffWorld {
  readonly engine = new FakeEngine();
  /** Runs that the ledger has open. */
  readonly opened: Run[] = [];
  /** `run.1: exited 0` */
  readonly ends: string[] = [];
  /** `run.1: Process exited with status 0` */
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  readonly collected: string[] = [];
  /** What was done to containers' logs, in order: `drained run1`, `forgotten run1`. */
  readonly done: string[] = [];
  /** How often the ledger refuses to be written. */
  refusals = 0;
  #told: () => void = () => undefined;

  runs = {
    open: async () => this.opened.filter(({ endedAt }) => endedAt === null),
    end: async (run: Run, outcome: RunOutcome, exitCode: number | null) => {
      if (this.refusals > 0) {
        this.refusals -= 1;
        throw new Error("the ledger is away");
      }
      if (this.opened.some((one) => one.id === run.id && one.endedAt !== null)) return false;
      const row = this.opened.find(({ id }) => id === run.id);
      if (row) row.endedAt = new Date(this.now());
      this.ends.push(`${run.name}: ${outcome} ${exitCode}`);
      this.#told();
      return true;
    },
    withdraw: async (run: Run) => {
      this.opened.splice(this.opened.indexOf(run), 1);
      this.ends.push(`${run.name}: withdrawn`);
    },
  };
  watchedUntil: Date | null = null;
  schedules = { watchedUntil: async () => this.watchedUntil };
  collector = {
    collect: ({ place }: LogSourceContainer) => void this.collected.push(place),
    drained: async (id: string) => {
      this.done.push(`drained ${id} ${this.engine.world.container(id).state}`);
      return true;
    },
    forget: async (id: string) => void this.done.push(`forgotten ${id}`),
  };
  logs = {
    append: async (_appId: string, lines: { place: string; text: string }[]) =>
      void this.lines.push(...lines.map(({ place, text }) => `${place}: ${text}`)),
  };
  log = {
    debug() {},
    info() {},
    warn: (about: object) => void this.warnings.push(JSON.stringify(about)),
    error() {},
  };
  clock = new Date("2026-11-20T10:00:00Z").getTime();
  now = (): number => this.clock;

  /** A run in the ledger, with so much of its limit left. */
  run(change: Partial<Run> = {}, leftMs = oneOffLimitMs): Run {
    const run: Run = {
      id: "run1",
      appId: "shop",
      name: "run.1",
      kind: "detached",
      command: "work",
      version: 7,
      actor: "admin",
      dueAt: null,
      startedAt: new Date(this.clock - oneOffLimitMs + leftMs),
      endedAt: null,
      exitCode: null,
      outcome: null,
      ...change,
    };
    this.opened.push(run);
    return run;
  }

  /** Resolves when the ledger has an end more than it has now. */
  nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }
}
