import { isPaasError, messageOf, type PaasError } from "../../core/error";
import { plan } from "../../core/plan";
import type { Step, StepKind, StepOf } from "../../core/step";
import { besides, isVisible, keyOf, mayBegin } from "../../core/under-way";
import { writeEvent } from "../store/events";
import { executors } from "./executors/executors";
import { refuse } from "./executors/refuse";
import type { Health } from "./health";
import { keepBaseline } from "./keep-baseline";
import { keepReceipts } from "./keep-receipts";
import { observe, type Photographs } from "./observe";
import { reapRows } from "./reap";
import { say } from "./say";
import type { World } from "./world";

interface UnderWay {
  step: Step;
  controller: AbortController;
  ended: Promise<void>;
}

const firstRestMs = 250;
const longestRestMs = 15_000;

/** Kinds that only watch: they end when the plan no longer has them. */
const abandonable = new Set<StepKind>(["wait", "command"]);

/** Faults that trying again may cure. */
const passing = new Set<PaasError["code"]>(["unavailable", "timeout", "busy", "internal"]);

/**
 * Brings one app to what is desired, until there is nothing left to do.
 *
 * INVARIANTS
 * - A nudge while it runs means "look once more", never a second runner.
 * - A step that is under way is not started again, and a long one (a stop, a wait) holds back no other.
 * - After a failed step it rests, longer each time, up to `longestRestMs`.
 */
export class Runner {
  readonly #world: World;
  readonly #health: Health;
  readonly #appId: string;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #closing = new AbortController();
  #nudged = false;
  #wake: () => void = () => {};
  #failures = 0;
  /** What the app's log was told of starts that cannot succeed: the next try says nothing new. */
  readonly #toldOfStarts = new Set<string>();
  #awaitSettled: (() => void)[] = [];
  #running: Promise<void> | null = null;

  constructor(world: World, health: Health, appId: string) {
    this.#world = world;
    this.#health = health;
    this.#appId = appId;
  }

  /** Something about the app may have changed. */
  nudge(): void {
    this.#nudged = true;
    this.#wake();
    if (!this.#running && !this.#closing.signal.aborted)
      this.#running = this.#run().finally(() => {
        this.#running = null;
        if (this.#nudged) this.nudge();
      });
  }

  /** Resolves at the next look, from now on, that finds nothing to do and nothing under way. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#awaitSettled.push(resolve);
      this.nudge();
    });
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.#running === null;
  }

  /** Starts no further step and waits for those under way, which are told to hurry. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { controller } of this.#underWay.values()) controller.abort();
    this.#wake();
    await this.#running;
    await Promise.all([...this.#underWay.values()].map(({ ended }) => ended));
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#nudged = false;
      const converged = await this.#pass().catch((error: unknown) => this.#failed(null, error));
      if (converged && this.#underWay.size === 0) {
        if (this.#nudged) continue;
        for (const tell of this.#awaitSettled.splice(0)) tell();
        return;
      }
      await this.#sleep(this.#failures > 0 ? this.#restMs() : undefined);
    }
  }

  /** One look and what follows from it; true when there is nothing to do. */
  async #pass(): Promise<boolean> {
    const visible = [...this.#underWay.values()].map(({ step }) => step).filter(isVisible);
    const seen = await observe(this.#world, this.#appId);
    if (!seen) return true;
    if (visible.some((step) => !this.#underWay.has(keyOf(step)))) return false;
    if (!visible.some((step) => step.kind === "start")) await reapRows(this.#world, seen);
    await keepReceipts(this.#world, seen);
    await keepBaseline(this.#world, seen);
    // What is begun now would hear of no closing any more.
    if (this.#closing.signal.aborted) return false;
    const steps = plan(seen.desired, besides(seen.observed, visible));
    this.#health.heed(seen, steps);
    this.#endStale(steps);
    for (const step of steps) this.#begin(seen, step);
    return steps.length === 0;
  }

  #begin(seen: Photographs, step: Step): void {
    const underWay = [...this.#underWay.values()].map((other) => other.step);
    if (!mayBegin(step, underWay, seen.desired.singletons)) return;
    const key = keyOf(step);
    const controller = new AbortController();
    const ended = execute(this.#world, seen, step, controller.signal)
      .then(
        () => {
          if (step.kind !== "wait") this.#failures = 0;
          if (step.kind === "start") this.#toldOfStarts.clear();
        },
        async (error: unknown) => {
          await this.#failed(step, error);
        },
      )
      .finally(() => {
        this.#underWay.delete(key);
        this.#nudged = true;
        this.#wake();
      });
    this.#underWay.set(key, { step, controller, ended });
  }

  #endStale(steps: Step[]): void {
    const wanted = new Set(steps.map(keyOf));
    for (const [key, { step, controller }] of this.#underWay)
      if (abandonable.has(step.kind) && !wanted.has(key)) controller.abort();
  }

  async #failed(step: Step | null, error: unknown): Promise<false> {
    this.#failures += 1;
    const { log, store } = this.#world;
    log.warn(
      { app: this.#appId, step: step?.kind ?? "observe", failures: this.#failures, err: messageOf(error) },
      "a step failed",
    );
    try {
      await writeEvent(store.database, this.#appId, "step:failed", {
        step: step?.kind ?? "observe",
        reason: messageOf(error),
      });
      if (isPaasError(error) && !passing.has(error.code)) {
        if (step?.kind === "start") await this.#tellOfStart(step, error);
        if (step?.kind === "start" || step?.kind === "command") await this.#refusePending(step, error);
      }
    } catch (unwritten) {
      log.error({ app: this.#appId, err: messageOf(unwritten) }, "a failed step could not be written down");
    }
    return false;
  }

  async #tellOfStart(step: StepOf<"start">, { message }: PaasError): Promise<void> {
    if (this.#toldOfStarts.has(message)) return;
    this.#toldOfStarts.add(message);
    await say(this.#world, { appId: this.#appId, type: step.type, slot: step.slot }, message);
  }

  /** A pending release whose instance or command the engine will never start fails at once, not at its limit. */
  async #refusePending(step: StepOf<"start" | "command">, error: PaasError): Promise<void> {
    const release = await this.#world.store.releases.byId(step.releaseId);
    if (release?.state === "pending") await refuse(this.#world, release, error);
  }

  #restMs(): number {
    return Math.min(longestRestMs, firstRestMs * 2 ** (this.#failures - 1));
  }

  /** Until nudged (or closed); after failures at least the rest, whatever nudges. */
  #sleep(restMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      if (this.#closing.signal.aborted) return done();
      if (restMs !== undefined) {
        timer = setTimeout(done, restMs);
        this.#wake = () => this.#closing.signal.aborted && done();
      } else if (this.#nudged) done();
      else this.#wake = done;
    });
  }
}

/** `Executors` has one for each kind, so the kind of a step finds the one that takes it. */
function execute<K extends StepKind>(
  world: World,
  seen: Photographs,
  step: StepOf<K>,
  signal: AbortSignal,
): Promise<void> {
  return executors[step.kind as K](world, seen, step, signal);
}
