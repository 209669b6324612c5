import type { ExecResult, ProbeResult } from "../../server/engines/engine";
import type { HealthWorld } from "../../server/scheduler/health";
import type { InstanceRow } from "../../server/store/instances";

/** When the instance that is watched was started. */
export const at = new Date("2026-11-20T10:00:00Z");
export const ok: ProbeResult = { ready: true, seen: "http 200" };
export const bad: ProbeResult = { ready: false, seen: "http 500" };

/** Answers of the app as the test lists them (the last one for ever), a ledger and a log. */
export class FakeHealthWorld implements HealthWorld {
  answers: ProbeResult[] = [ok];
  execs: (() => Promise<ExecResult>)[] = [];
  asked = 0;
  readonly ready: string[] = [];
  readonly unhealthy: string[] = [];
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  /** What the ledger throws, once. */
  failure: Error | null = null;
  /** Each look takes a millisecond. */
  ageMs = 100;
  #waiting: { enough: () => boolean; resolve: () => void }[] = [];

  engine = {
    probe: async () => {
      this.asked += 1;
      this.ageMs += 1;
      this.#look();
      return (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? ok;
    },
    exec: async () => {
      this.asked += 1;
      this.ageMs += 1;
      this.#look();
      return (this.execs.shift() ?? (async () => ({ exitCode: 1, output: "broken" })))();
    },
  };
  store = {
    instances: {
      ready: async (row: InstanceRow, check: string) => {
        const { failure } = this;
        this.failure = null;
        if (failure) throw failure;
        this.ready.push(`${row.id}: ${check}`);
        return true;
      },
      giveUp: async (row: InstanceRow, why: string) => {
        this.unhealthy.push(`${row.id}: ${why}`);
        return true;
      },
    },
  };
  logs = {
    append: async (_appId: string, lines: { place: string; text: string }[]) =>
      void this.lines.push(...lines.map(({ place, text }) => `${place}: ${text}`)),
  };
  log = {
    debug() {},
    info() {},
    error() {},
    warn: (about: object) => void this.warnings.push(JSON.stringify(about)),
  };
  now = (): number => at.getTime() + this.ageMs;

  /** Resolves when the app has been asked so often. */
  askedTimes(times: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ enough: () => this.asked >= times, resolve });
      this.#look();
    });
  }
  #look(): void {
    for (const { enough, resolve } of this.#waiting) if (enough()) resolve();
  }
}
