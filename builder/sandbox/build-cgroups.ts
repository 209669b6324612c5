import { constants } from "node:fs";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Limits } from "../../core/formation";
import { unlessGone } from "./unless-gone";

/** Where an engine keeps the control groups of its build steps, one each. */
export interface CgroupPlace {
  /** `/sys/fs/cgroup`, but in tests. */
  root: string;
  version: 1 | 2;
  /** e.g. `docker/buildkit`; with systemd's driver `system.slice`, which others share. */
  parent: string;
  shared: boolean;
}

/** What the kernel has counted of one step. */
export interface StepCounts {
  memoryKills: number;
  /** The most it ever had; null where this kernel does not count it. */
  memoryPeakMb: number | null;
  pidsRefused: number;
}

/** Of a step that nobody has looked at yet. */
export const noCounts: StepCounts = { memoryKills: 0, memoryPeakMb: null, pidsRefused: 0 };

/** Share of CPU time and of disk time beside an app's 1024 (version 1) or 100 (version 2), when there is not enough for all. */
const weight = { cpuShares: 102, cpu: 10, blkio: 10, io: 10 };
const periodUs = 100_000;

/** BuildKit's ids are of 25 letters and digits; containers' are longer. */
const stepName = /^[a-z0-9]{20,30}$/;
const scopeName = /^docker-([a-z0-9]{20,30})\.scope$/;

/** The control groups of build steps, by the kernel's files. */
export class BuildCgroups {
  readonly #place: CgroupPlace;
  constructor(place: CgroupPlace) {
    this.#place = place;
  }

  /** The directory in which steps appear. */
  get directory(): string {
    return this.#directory("memory", "");
  }

  /**
   * Lets all steps together have no less than `places` times the limits, and puts them behind apps: a limit for what appears, before anybody
   * has looked at it. Other platforms on the engine do the same, so what is there is only raised. Rejects when this process may not.
   */
  async prepare(limits: Limits, places: number): Promise<void> {
    const { version, shared, parent, root } = this.#place;
    if (shared) return access(this.directory, constants.W_OK);
    for (const controller of version === 1 ? ["memory", "cpu", "pids", "blkio"] : [""])
      await mkdir(join(root, controller, parent), { recursive: true });
    if (version === 2) await this.#delegate();
    const memoryMb = Math.max(
      limits.memoryMb * places,
      (await this.#now("memory", this.#memoryFile)) / 2 ** 20,
    );
    const pids = Math.max(limits.pids * places, await this.#now("pids", "pids.max"));
    await this.#limit("", { ...limits, memoryMb, pids, cpus: 0 });
    await this.#weigh("");
  }

  /** The engine's own name for what `steps` has listed. */
  stepId(step: string): string {
    return scopeName.exec(step)?.[1] ?? step;
  }

  /** Names of the steps that run. */
  async steps(): Promise<string[]> {
    const names = await readdir(this.directory);
    return names.filter((name) => (this.#place.shared ? scopeName : stepName).test(name));
  }

  async limit(step: string, limits: Limits): Promise<void> {
    await this.#limit(step, limits);
    if (this.#place.shared) await this.#weigh(step);
  }

  async counts(step: string): Promise<StepCounts> {
    const memory = this.#place.version === 1 ? "memory.oom_control" : "memory.events";
    return {
      memoryKills: await this.#field("memory", step, memory, "oom_kill"),
      memoryPeakMb: await this.#memoryPeakMb(step),
      pidsRefused: await this.#field("pids", step, "pids.events", "max"),
    };
  }

  /** Ids of its processes, the oldest first: that one's death is the death of all. */
  async processes(step: string): Promise<number[]> {
    const text = await unlessStepGone(
      readFile(join(this.#directory("memory", step), "cgroup.procs"), "utf8"),
    );
    return (text ?? "").split("\n").filter(Boolean).map(Number);
  }

  async #limit(step: string, { memoryMb, cpus, pids }: Limits): Promise<void> {
    const bytes = `${memoryMb * 2 ** 20}`;
    const quota = cpus > 0 ? Math.round(cpus * periodUs) : null;
    if (this.#place.version === 1) {
      await this.#limitMemory(step, bytes);
      await this.#write("pids", step, "pids.max", `${pids}`);
      if (quota !== null) await this.#write("cpu", step, "cpu.cfs_quota_us", `${quota}`);
      return;
    }
    await this.#write("", step, "memory.max", bytes);
    await this.#write("", step, "memory.swap.max", "0");
    await this.#write("", step, "pids.max", `${pids}`);
    if (quota !== null) await this.#write("", step, "cpu.max", `${quota} ${periodUs}`);
  }

  /** Memory may never be more than memory and swap together: which is to be written first depends on what was there. */
  async #limitMemory(step: string, bytes: string): Promise<void> {
    const files = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"];
    try {
      for (const file of files) await this.#write("memory", step, file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
      for (const file of files.toReversed()) await this.#write("memory", step, file, bytes);
    }
  }

  async #weigh(step: string): Promise<void> {
    if (this.#place.version === 1) {
      await this.#write("cpu", step, "cpu.shares", `${weight.cpuShares}`);
      await this.#write("blkio", step, "blkio.bfq.weight", `${weight.blkio}`);
      return;
    }
    await this.#write("", step, "cpu.weight", `${weight.cpu}`);
    await this.#write("", step, "io.weight", `default ${weight.io}`);
  }

  /** Version 2: a group may use what its parents hand down. */
  async #delegate(): Promise<void> {
    const parts = this.#place.parent.split("/");
    for (let depth = 0; depth <= parts.length; depth += 1)
      for (const controller of ["memory", "pids", "cpu", "io"])
        await unlessStepGone(
          writeFile(
            join(this.#place.root, ...parts.slice(0, depth), "cgroup.subtree_control"),
            `+${controller}`,
          ),
        );
  }

  /** Files that this kernel does not have, and steps that have just ended, are passed over. */
  async #write(controller: string, step: string, file: string, value: string): Promise<void> {
    const path = join(this.#directory(controller, step), file);
    await unlessStepGone(writeFile(path, value, { flag: constants.O_WRONLY | constants.O_TRUNC }));
  }

  get #memoryFile(): string {
    return this.#place.version === 1 ? "memory.limit_in_bytes" : "memory.max";
  }

  /** The limit of all steps together; 0 when there is none yet. */
  async #now(controller: string, file: string): Promise<number> {
    const text = await unlessStepGone(readFile(join(this.#directory(controller, ""), file), "utf8"));
    const limit = Number(text ?? Number.NaN);
    return Number.isSafeInteger(limit) ? limit : 0;
  }

  async #field(controller: string, step: string, file: string, name: string): Promise<number> {
    const text = await unlessStepGone(readFile(join(this.#directory(controller, step), file), "utf8"));
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1] ?? 0);
  }

  async #memoryPeakMb(step: string): Promise<number | null> {
    const file = this.#place.version === 1 ? "memory.max_usage_in_bytes" : "memory.peak";
    const text = await unlessStepGone(readFile(join(this.#directory("memory", step), file), "utf8"));
    return text === null ? null : Math.round(Number(text) / 2 ** 20);
  }

  #directory(controller: string, step: string): string {
    const { root, version, parent } = this.#place;
    return join(root, version === 1 ? controller : "", parent, step);
  }
}

/** A step can end at any moment, and takes its files along; a limit below what is used already is refused as busy. */
const unlessStepGone = <T>(act: Promise<T>): Promise<T | null> => unlessGone(act, "ENODEV", "EBUSY");
