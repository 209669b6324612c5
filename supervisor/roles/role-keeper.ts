import { setTimeout as delay } from "node:timers/promises";
import { recoveredAfterMs, restartDelayMs } from "../../core/backoff";
import { messageOf, PaasError } from "../../core/error";
import { findProcesses } from "../processes/find";
import type { ProcessIdentity } from "../processes/identity";
import { adopt, endProcess, type RunningProcess } from "../processes/running";

import type { Role } from "./role";
import { lastLines, logSize } from "./role-log";
import { spawnRole } from "./spawn-role";

/** What is told about a role while it is kept. */
export type RoleNews =
  | { role: string; what: "starting" }
  | { role: string; what: "running" }
  | { role: string; what: "ready"; adopted: boolean; tookMs: number }
  | { role: string; what: "ended"; how: string; restartInMs: number }
  | { role: string; what: "failing"; how: string }
  /** The status file could not be written. */
  | { role: string; what: "unrecorded"; why: string }
  /** The ballast was made, released, or cannot be kept. */
  | { role: string; what: "ballast"; how: string }
  | { role: string; what: "stopping" }
  | { role: string; what: "stopped" };

/** A kept role's process, for the status file. */
export interface KeptProcess extends ProcessIdentity {
  since: string;
  restarts: number;
  fingerprint: string;
}

export interface KeeperOptions {
  logPath: string;
  /** The fingerprint a running process was started with, as far as the last supervisor wrote it down. */
  knownFingerprint: (process: ProcessIdentity) => string | undefined;
  tell: (news: RoleNews) => void;
  now: () => number;
}

const startAttempts = 3;
/** How long one that is being replaced may keep its ports. */
const predecessorMs = 1_000;

/**
 * Keeps one role running.
 *
 * INVARIANTS: at most one process of the role at any time (all that carry its mark are found, whoever started them);
 * after `stop` has begun nothing is started any more; a process is recorded before anything waits for it.
 */
export class RoleKeeper {
  readonly role: Role;
  readonly #options: KeeperOptions;
  readonly #stopping = new AbortController();
  #running: RunningProcess | undefined;
  /** Ends of the processes that our first one replaced. */
  readonly #retired = new Map<number, Promise<void>>();
  #adopted = false;
  #since = 0;
  #restarts = 0;
  #restartsInARow = 0;

  constructor(role: Role, options: KeeperOptions) {
    this.role = role;
    this.#options = options;
  }

  get process(): KeptProcess | undefined {
    if (this.#running === undefined) return undefined;
    return {
      ...this.#running.identity,
      since: new Date(this.#since).toISOString(),
      restarts: this.#restarts,
      fingerprint: this.role.fingerprint,
    };
  }

  /** Whether its process was found running, so that a start that fails must leave it alone. */
  get adopted(): boolean {
    return this.#adopted;
  }

  /** Adopts or starts it and resolves when it is ready; throws `unavailable` with the last lines of its log when it cannot. */
  async start(): Promise<void> {
    const began = this.#options.now();
    this.#options.tell({ role: this.role.name, what: "starting" });
    if (!(await this.#adoptRunning())) await this.#startFirst();
    this.#options.tell({
      role: this.role.name,
      what: "ready",
      adopted: this.#adopted,
      tookMs: this.#options.now() - began,
    });
    void this.#keep();
  }

  /** Ends it gracefully, killed when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.role.sockets?.release();
    await Promise.all(this.#retired.values());
    if (this.#running === undefined) return;
    this.#options.tell({ role: this.role.name, what: "stopping" });
    await this.#end(this.#running);
    this.#running = undefined;
    this.#options.tell({ role: this.role.name, what: "stopped" });
  }

  /** Takes over the role's process if one of the same make runs and may go on; replaces all others. */
  async #adoptRunning(): Promise<boolean> {
    for (const found of findProcesses(this.role.mark)) {
      const same = this.#options.knownFingerprint(found) === this.role.fingerprint;
      if (this.role.orphan === "goes-on" && same && this.#running === undefined)
        this.#take(adopt(found), true);
      else if (this.role.replace === "overlapping") this.#retire(adopt(found));
      else await this.#end(adopt(found));
    }
    return this.#running !== undefined;
  }

  /** Lets a process finish what it has begun while its successor starts. */
  #retire(running: RunningProcess): void {
    this.#retired.set(running.identity.pid, this.#end(running));
  }

  async #startFirst(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const logStart = logSize(this.#options.logPath);
      const failure = await this.#startOnce();
      if (failure === undefined) return;
      if (attempt < startAttempts && !this.#stopping.signal.aborted) continue;
      const lines = lastLines(this.#options.logPath, logStart, 15);
      throw new PaasError(
        "unavailable",
        [
          `${this.role.name} could not be started: ${failure}`,
          ...lines.map((line) => `  ${line}`),
          `Its log: ${this.#options.logPath}`,
        ].join("\n"),
      );
    }
  }

  /** Starts it and waits; the reason when it did not become ready, and then it has ended. Never throws: a role is tried again. */
  async #startOnce(): Promise<string | undefined> {
    try {
      return await this.#tryStart();
    } catch (error) {
      return messageOf(error);
    }
  }

  async #tryStart(): Promise<string | undefined> {
    // A database's workers can outlive it for a moment, and still write.
    for (const left of findProcesses(this.role.mark)) {
      if (!this.#retired.has(left.pid)) await this.#end(adopt(left));
    }
    if (this.#stopping.signal.aborted) return "stopped";
    this.role.beforeStart?.();
    const held = await this.role.sockets?.hold(this.#retired.size > 0 ? predecessorMs : 0);
    if (this.#stopping.signal.aborted) return "stopped";
    const { running, ready } = spawnRole(this.role, this.#options.logPath, held ?? {});
    if (running !== undefined) this.#take(running, false);
    const failure = await ready;
    if (failure === undefined) return undefined;
    // Nobody waits for what may never be ready.
    this.role.sockets?.release();
    if (running !== undefined) await this.#end(running);
    this.#running = undefined;
    return failure;
  }

  /** Stops watching and restarting it, and leaves it running. */
  letGo(): void {
    this.#stopping.abort();
  }

  #end(running: RunningProcess): Promise<void> {
    return endProcess(running, this.role.stopSignal, this.role.stopWithinMs);
  }

  #take(running: RunningProcess, adopted: boolean): void {
    this.#running = running;
    this.#adopted = adopted;
    this.#since = this.#options.now();
    this.#options.tell({ role: this.role.name, what: "running" });
  }

  /** Restarts it whenever it ends, until stopped. */
  async #keep(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const how = this.#running === undefined ? "did not become ready" : await this.#running.ended;
      if (this.#stopping.signal.aborted) return;
      this.#running = undefined;
      await this.#restartAfter(how);
    }
  }

  async #restartAfter(how: string): Promise<void> {
    if (this.#options.now() - this.#since > recoveredAfterMs) this.#restartsInARow = 0;
    const restartInMs = restartDelayMs(this.#restartsInARow);
    this.#options.tell({ role: this.role.name, what: "ended", how, restartInMs });
    // Nobody waits for one that dies again and again.
    if (restartInMs > 0) this.role.sockets?.release();
    await pause(restartInMs, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    this.#restartsInARow += 1;
    this.#restarts += 1;
    const failure = await this.#startOnce();
    if (failure === undefined)
      this.#options.tell({ role: this.role.name, what: "ready", adopted: false, tookMs: 0 });
  }
}

/** Waits, or returns at once when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
