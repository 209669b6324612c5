import { messageOf } from "../../core/error";
import {
  checkText,
  type HealthCheck,
  type HealthChecks,
  livenessChecks,
  startChecks,
} from "../../core/healthcheck";
import type { AppProtocol } from "../../core/http-policy";
import type { EngineInstance } from "../../core/instance";
import type { Logger } from "../../core/logger";
import type { Step } from "../../core/step";
import type { Engine } from "../engines/engine";
import type { AppLogs } from "../logs/app-logs";
import type { InstanceRow, Instances } from "../store/instances";
import { type AskedInstance, defaultLook, failedText, type Look, lookOnce, pause, pauseMs } from "./checks";
import type { Photographs } from "./observe";
import { say } from "./say";

export interface HealthWorld {
  engine: Pick<Engine, "probe" | "exec">;
  store: { instances: Pick<Instances, "ready" | "giveUp"> };
  logs: Pick<AppLogs, "append">;
  log: Logger;
  now(): number;
}

/** What of a look at an app it goes by. */
type Seen = Pick<Photographs, "containers" | "rows" | "healthChecks" | "protocol"> & { app: { id: string } };

/** By so much a timer may come too early. */
const timerMs = 1;

interface Watch {
  appId: string;
  controller: AbortController;
  ended: Promise<void>;
}

/**
 * Looks after the health of instances: asks those that start until they are ready, then those that run as long as they run, and writes down
 * what it finds. What follows from that is the planner's to decide.
 *
 * INVARIANT: each instance has at most one watch, which outlives every step, so that its attempts are counted once.
 */
export class Health {
  readonly #world: HealthWorld;
  readonly #changed: (appId: string) => void;
  readonly #watches = new Map<string, Watch>();
  /** When what is watched was started, by a clock that nobody sets. */
  readonly #born = new Map<string, number>();
  /** What each app is spoken to, as it was seen last: a change holds for watches under way, too. */
  readonly #protocols = new Map<string, AppProtocol>();

  /** `changed` hears of every app for which something was written down. */
  constructor(world: HealthWorld, changed: (appId: string) => void) {
    this.#world = world;
    this.#changed = changed;
  }

  /** After each look at an app: watches what runs and is waited for or ready, and lets go of the rest. */
  heed(seen: Seen, steps: Step[]): void {
    const awaited = new Set(steps.flatMap((step) => (step.kind === "wait" ? step.instanceIds : [])));
    const watched = watchable(seen, (row) => row.readyAt !== null || awaited.has(row.id));
    const wanted = new Set(watched.map(({ id }) => id));
    for (const [id, { appId, controller }] of this.#watches)
      if (appId === seen.app.id && !wanted.has(id)) controller.abort();
    this.#beginAll(seen, watched);
  }

  /** In a look at all apps, which no runner follows for those that are as they should be: watches what is ready. */
  watchReady(seen: Seen): void {
    const ready = watchable(seen, (row) => row.readyAt !== null);
    this.#beginAll(seen, ready);
  }

  #beginAll(seen: Seen, watched: EngineInstance[]): void {
    this.#protocols.set(seen.app.id, seen.protocol);
    for (const instance of watched) {
      const row = seen.rows.get(instance.id);
      if (row && !this.#watches.has(instance.id))
        this.#begin(instance, row, seen.healthChecks.get(instance.releaseId) ?? {});
    }
  }

  /** Lets go of an app's instances. */
  async forget(appId: string): Promise<void> {
    const watches = [...this.#watches.values()].filter((watch) => watch.appId === appId);
    for (const { controller } of watches) controller.abort();
    await Promise.all(watches.map(({ ended }) => ended));
    this.#protocols.delete(appId);
  }

  async close(): Promise<void> {
    for (const { controller } of this.#watches.values()) controller.abort();
    await Promise.all([...this.#watches.values()].map(({ ended }) => ended));
  }

  #begin(instance: EngineInstance, row: InstanceRow, checks: HealthChecks): void {
    const controller = new AbortController();
    const { id, appId } = instance;
    const ageMs = this.#world.now() - (instance.startedAt?.getTime() ?? this.#world.now());
    this.#born.set(id, performance.now() - ageMs);
    const ended = this.#watch(instance, row, checks, controller.signal)
      .catch((error: unknown) =>
        // The next look at the app begins the watch anew.
        this.#world.log.warn(
          { app: appId, instance: id, err: messageOf(error) },
          "a health check could not be done",
        ),
      )
      .then(() => {
        this.#watches.delete(id);
        this.#born.delete(id);
      });
    this.#watches.set(id, { appId, controller, ended });
  }

  async #watch(
    instance: EngineInstance,
    row: InstanceRow,
    checks: HealthChecks,
    signal: AbortSignal,
  ): Promise<void> {
    const starting = startChecks(checks, instance.type);
    if (row.readyAt === null && !(await this.#awaitReady(instance, row, starting, signal))) return;
    const living = livenessChecks(checks, instance.type);
    const readyAt = row.readyAt?.getTime() ?? this.#world.now();
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    await Promise.all(
      living.map((check) =>
        this.#keepAsking(instance, row, check, readyAt, either).finally(() => over.abort()),
      ),
    );
  }

  /** True once it is ready and that is written down. */
  async #awaitReady(
    instance: EngineInstance,
    row: InstanceRow,
    checks: HealthCheck[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const passed: string[] = [];
    if (checks.length === 0) passed.push(`default check: ${await this.#passDefault(instance, signal)}`);
    for (const check of checks) {
      const look = await this.#pass(instance, check, signal);
      if (signal.aborted) return false;
      if (!look.ok) {
        await this.#giveUp(row, failedText(check, look));
        return false;
      }
      passed.push(`${checkText(check)}: ${look.seen}`);
    }
    if (signal.aborted) return false;
    const noted = await this.#world.store.instances.ready(row, passed.join("; "));
    // The switch to it need not wait for the line in its log.
    this.#changed(row.appId);
    if (noted) await say(this.#world, row, "State changed from starting to up");
    return true;
  }

  /** Asks until it is well; the planner knows how long that may take. */
  async #passDefault(instance: EngineInstance, signal: AbortSignal): Promise<string> {
    while (!signal.aborted) {
      const age = this.#age(instance);
      const look = await defaultLook(this.#world.engine, this.#asked(instance), age);
      if (look.ok) return look.seen;
      await pause(pauseMs(age), signal);
    }
    return "";
  }

  /**
   * Asks until it is well or its attempts are used up, one each `waitMs`. What costs nothing (HTTP, TCP) is asked more often in between,
   * so that a quick start is seen at once; those looks do not count.
   */
  async #pass(instance: EngineInstance, check: HealthCheck, signal: AbortSignal): Promise<Look> {
    await pause(check.initialDelayMs - this.#age(instance), signal);
    const begunAt = performance.now();
    for (let looks = 1; ; looks += 1) {
      const age = this.#age(instance);
      const look = (await lookOnce(this.#world.engine, this.#asked(instance), check, age)) ?? {
        ok: false,
        seen: "no answer",
      };
      if (look.ok || signal.aborted) return look;
      const restMs = restOf(check, age);
      const usedUp = performance.now() + restMs + timerMs - begunAt >= check.attempts * check.waitMs;
      if (check.probe.kind !== "uptime" && looks >= check.attempts && usedUp) return look;
      await pause(restMs, signal);
    }
  }

  /** Asks every `waitMs` while it runs; gives it up when it failed `attempts` times in a row. */
  async #keepAsking(
    instance: EngineInstance,
    row: InstanceRow,
    check: HealthCheck,
    readyAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    await pause(readyAt + check.initialDelayMs - this.#world.now(), signal);
    for (let failures = 0; !signal.aborted; ) {
      const look = await lookOnce(this.#world.engine, this.#asked(instance), check, this.#age(instance));
      if (signal.aborted) return;
      // An engine that cannot tell says nothing about the app.
      if (look !== null) failures = look.ok ? 0 : failures + 1;
      if (look !== null && failures >= check.attempts) return this.#giveUp(row, failedText(check, look));
      await pause(check.waitMs, signal);
    }
  }

  async #giveUp(row: InstanceRow, why: string): Promise<void> {
    if (await this.#world.store.instances.giveUp(row, why))
      await say(this.#world, row, `Unhealthy: it ${why}`);
    this.#changed(row.appId);
  }

  #asked(instance: EngineInstance): AskedInstance {
    return { ...instance, protocol: this.#protocols.get(instance.appId) ?? "http1" };
  }

  #age({ id }: EngineInstance): number {
    return performance.now() - (this.#born.get(id) ?? performance.now());
  }
}

const watchable = (seen: Seen, isWanted: (row: InstanceRow) => boolean): EngineInstance[] =>
  seen.containers.filter(({ id, state }) => {
    const row = seen.rows.get(id);
    return state === "running" && row !== undefined && row.unhealthy === null && isWanted(row);
  });

function restOf({ probe, waitMs }: HealthCheck, ageMs: number): number {
  if (probe.kind === "command") return waitMs;
  return probe.kind === "uptime"
    ? Math.min(500, Math.max(10, probe.ms - ageMs))
    : Math.min(waitMs, pauseMs(ageMs));
}
