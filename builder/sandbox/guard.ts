import { watch } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Limits } from "../../core/formation";
import { type BuildCgroups, noCounts, type StepCounts } from "./build-cgroups";
import { HeldBuild } from "./held-build";
import { type Hit, memoryHit } from "./hit";
import { oneAtATime } from "./one-at-a-time";
import type { StepNotes } from "./step-notes";
import { layerOf } from "./written";

export interface GuardOptions {
  cgroups: BuildCgroups;
  notes: StepNotes;
  limits: Limits;
  /** Bytes that stay free on the engine's disk. */
  floorBytes: number;
  /** The engine's directory on this machine's disk. */
  diskPath: string;
  onError(error: unknown): void;
}

/** A step that runs. */
interface Step {
  /** Null: it is of nobody here, and left alone. */
  build: HeldBuild | null;
  root: string;
  /** Where it writes to; null until that can be told. */
  layer: string | null;
  counts: StepCounts;
  looks: number;
}

const tickMs = 250;
/** What builds have written is counted when so much of the disk went since it last was. */
const recountBytes = 64 * 2 ** 20;
/** The kernel may make the files of a step's limits one after the other, while it is first looked at. */
const limitingLooks = 2;

/**
 * Holds the steps of this platform's builds within limits, and no others on the engine: limits their control groups as they appear, and ends
 * one, whole, when the kernel had to refuse it something or when its build fills the disk.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #builds = new Map<string, HeldBuild>();
  readonly #steps = new Map<string, Step>();
  readonly #look: () => void;
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

  /** Looks after a build, whose steps carry its mark, until it leaves; `stop` must end it. */
  enter(stop: () => void): HeldBuild {
    const build = new HeldBuild(stop);
    this.#builds.set(build.mark, build);
    if (this.#builds.size === 1) this.#start();
    return build;
  }

  leave(build: HeldBuild): void {
    if (this.#builds.delete(build.mark) && this.#builds.size === 0) this.#stop();
  }

  #start(): void {
    this.#countedAtFree = null;
    const timer = setInterval(this.#look, tickMs);
    const watcher = watch(this.#options.cgroups.directory, this.#look).on("error", this.#options.onError);
    this.#stop = () => {
      clearInterval(timer);
      watcher.close();
      this.#steps.clear();
    };
    this.#look();
  }

  async #lookAtSteps(): Promise<void> {
    const running = await this.#options.cgroups.steps();
    for (const [id, step] of this.#steps) if (!running.includes(id)) this.#forget(id, step);
    for (const id of running) {
      const step = this.#steps.get(id) ?? (await this.#meet(id));
      if (step?.build) await this.#lookAt(id, step, step.build);
    }
  }

  /** Whose it is cannot be told of a step that has just ended. */
  async #meet(id: string): Promise<Step | null> {
    const { notes, cgroups } = this.#options;
    const note = await notes.read(cgroups.stepId(id));
    if (note === null) return null;
    const build = this.#builds.get(note.mark ?? "") ?? null;
    const step = { build, root: note.root, layer: null, counts: noCounts, looks: 0 };
    this.#steps.set(id, step);
    build?.steps.add(id);
    for (const cache of note.caches) build?.disk.addCache(cache);
    return step;
  }

  async #lookAt(id: string, step: Step, build: HeldBuild): Promise<void> {
    const { cgroups, limits } = this.#options;
    if (step.looks < limitingLooks) await cgroups.limit(id, limits);
    step.looks += 1;
    step.layer ??= await this.#layerOf(id, step, build);
    const before = step.counts;
    step.counts = await cgroups.counts(id);
    if (step.counts.memoryKills > before.memoryKills)
      await this.#end(build, memoryHit(step.counts.memoryPeakMb, limits), [id]);
    else if (step.counts.pidsRefused > before.pidsRefused) await this.#end(build, { limit: "pids" }, [id]);
  }

  async #layerOf(id: string, { root }: Step, build: HeldBuild): Promise<string | null> {
    const [first] = await this.#options.cgroups.processes(id);
    const layer = first === undefined ? null : await layerOf(first, root);
    if (layer !== null) build.disk.addLayer(layer);
    return layer;
  }

  #forget(id: string, { build, layer }: Step): void {
    this.#steps.delete(id);
    if (layer !== null) build?.disk.endLayer(layer);
  }

  async #lookAtDisk(): Promise<void> {
    const { diskPath, floorBytes, limits } = this.#options;
    const { bavail, bsize } = await statfs(diskPath);
    const freeBytes = bavail * bsize;
    const limitBytes = limits.diskMb * 2 ** 20;
    this.#countedAtFree = Math.max(this.#countedAtFree ?? 0, freeBytes);
    const wentBytes = this.#countedAtFree - freeBytes;
    if (freeBytes > floorBytes && wentBytes < Math.min(recountBytes, limitBytes / 4)) return;
    this.#countedAtFree = freeBytes;
    const written: { build: HeldBuild; usedBytes: number }[] = [];
    for (const build of this.#builds.values()) written.push({ build, usedBytes: await build.disk.count() });
    for (const { build, usedBytes } of written)
      if (usedBytes > limitBytes) await this.#end(build, { limit: "disk", usedBytes });
    if (freeBytes <= floorBytes) await this.#makeRoom(written, freeBytes);
  }

  /** Ends who has written most; what that one leaves behind must be gone before another one is looked for. */
  async #makeRoom(written: { build: HeldBuild; usedBytes: number }[], freeBytes: number): Promise<void> {
    if (written.some(({ build }) => build.hit !== null)) return;
    const [most] = written.toSorted((one, other) => other.usedBytes - one.usedBytes);
    if (most) await this.#end(most.build, { limit: "free-disk", freeBytes });
  }

  /** The first process of a step is its init: with it the kernel ends all others. One that has ended by itself still hit its limit. */
  async #end(build: HeldBuild, hit: Hit, steps = this.#stepsOf(build)): Promise<void> {
    build.ranInto(hit);
    if (steps.length === 0) build.stop();
    for (const id of steps) {
      const [first] = await this.#options.cgroups.processes(id);
      if (first !== undefined) kill(first);
    }
  }

  #stepsOf(build: HeldBuild): string[] {
    return [...this.#steps].filter(([, step]) => step.build === build).map(([id]) => id);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
