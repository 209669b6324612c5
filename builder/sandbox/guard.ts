import { watch } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Limits } from "../../core/formation";
import type { BuildCgroups, StepCounts } from "./build-cgroups";
import { type Hit, memoryHit } from "./hit";
import { writtenBytes } from "./written";

export interface GuardOptions {
  cgroups: BuildCgroups;
  limits: Limits;
  /** Bytes that stay free on the engine's disk. */
  floorBytes: number;
  /** The engine's directory on this machine's disk. */
  diskPath: string;
  onError(error: unknown): void;
}

const tickMs = 250;
/** A step's files are counted when so much went since they last were. */
const recountBytes = 64 * 2 ** 20;

/** How long a hit may wait for its build to end. */
const hitLifeMs = 30_000;

/**
 * Holds every build step of an engine within limits while any build runs: limits its control group as it appears, and ends it, whole,
 * when the kernel had to refuse it something or when it fills the disk.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #seen = new Map<string, StepCounts>();
  readonly #ended = new Set<string>();
  readonly #look: () => void;
  #hits: { hit: Hit; atMs: number }[] = [];
  #builds = 0;
  #stop: () => void = () => undefined;
  #countedAtFree: number | null = null;

  constructor(options: GuardOptions) {
    this.#options = options;
    const steps = oneAtATime(() => this.#lookAtSteps(), options.onError);
    const disk = oneAtATime(() => this.#lookAtDisk(), options.onError);
    this.#look = () => {
      steps();
      disk();
    };
  }

  /** Watches until as many calls of the returned function as there were of this one. */
  enter(): () => void {
    this.#builds += 1;
    if (this.#builds === 1) this.#start();
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#builds -= 1;
      if (this.#builds === 0) this.#stop();
    };
  }

  /** What a step that was killed just now ran into; each is told once, the oldest first. */
  takeHit(): Hit | null {
    this.#hits = this.#hits.filter(({ atMs }) => performance.now() - atMs < hitLifeMs);
    return this.#hits.shift()?.hit ?? null;
  }

  #start(): void {
    this.#countedAtFree = null;
    const timer = setInterval(this.#look, tickMs);
    const watcher = watch(this.#options.cgroups.directory, this.#look).on("error", this.#options.onError);
    this.#stop = () => {
      clearInterval(timer);
      watcher.close();
      this.#seen.clear();
      this.#ended.clear();
    };
    this.#look();
  }

  async #lookAtSteps(): Promise<void> {
    const { cgroups, limits } = this.#options;
    const steps = await cgroups.steps();
    for (const step of this.#seen.keys()) if (!steps.includes(step)) this.#forget(step);
    for (const step of steps) {
      if (!this.#seen.has(step)) await cgroups.limit(step, limits);
      const before = this.#seen.get(step) ?? { memoryKills: 0, memoryPeakMb: null, pidsRefused: 0 };
      const now = await cgroups.counts(step);
      this.#seen.set(step, now);
      if (now.memoryKills > before.memoryKills) await this.#end(step, memoryHit(now.memoryPeakMb, limits));
      else if (now.pidsRefused > before.pidsRefused) await this.#end(step, { limit: "pids" });
    }
  }

  #forget(step: string): void {
    this.#seen.delete(step);
    this.#ended.delete(step);
  }

  async #lookAtDisk(): Promise<void> {
    const { diskPath, floorBytes, limits, cgroups } = this.#options;
    const { bavail, bsize } = await statfs(diskPath);
    const freeBytes = bavail * bsize;
    const limitBytes = limits.diskMb * 2 ** 20;
    this.#countedAtFree = Math.max(this.#countedAtFree ?? 0, freeBytes);
    const wentBytes = this.#countedAtFree - freeBytes;
    if (freeBytes > floorBytes && wentBytes < Math.min(recountBytes, limitBytes / 4)) return;
    this.#countedAtFree = freeBytes;
    let most = { step: "", usedBytes: -1 };
    for (const step of await cgroups.steps()) {
      const [first] = await cgroups.processes(step);
      const usedBytes = first === undefined ? 0 : await writtenBytes(first);
      if (usedBytes > limitBytes) await this.#end(step, { limit: "disk", usedBytes });
      else if (usedBytes > most.usedBytes) most = { step, usedBytes };
    }
    if (freeBytes <= floorBytes && most.step !== "")
      await this.#end(most.step, { limit: "free-disk", freeBytes });
  }

  /** The first process of a step is its init: with it the kernel ends all others. One that has ended by itself still hit its limit. */
  async #end(step: string, hit: Hit): Promise<void> {
    if (!this.#ended.has(step)) this.#hits.push({ hit, atMs: performance.now() });
    this.#ended.add(step);
    const [first] = await this.#options.cgroups.processes(step);
    if (first !== undefined) kill(first);
  }
}

/** Calls that come while one is under way become one more after it. */
function oneAtATime(act: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let state: "idle" | "busy" | "again" = "idle";
  const run = async (): Promise<void> => {
    do {
      state = "busy";
      await act().catch(onError);
    } while ((state as string) === "again");
    state = "idle";
  };
  return () => {
    if (state === "idle") void run();
    else state = "again";
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
