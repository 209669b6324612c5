import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { engineCall } from "./errors";

export interface AppCgroupOptions {
  docker: Docker;
  dockerHost: string;
  uid: number;
  /** Below the root of control groups, e.g. `paas`. */
  path: string;
  /** `/sys/fs/cgroup`, but in tests. */
  root?: string;
}

/** As much as four usual processes, to the kernel's version 1 and 2. */
const weights = { shares: 4 * 1024, weight: 4 * 100 };

/** What an engine says of its control groups. */
interface EngineCgroups {
  CgroupDriver?: string;
  CgroupVersion?: string;
}

/**
 * The control group of all apps' containers. An engine that keeps its groups itself puts containers and builds into one, which weighs as much
 * as one usual process: what builds burn of it is then missing to the apps beside them. So apps get a group of their own. Engines
 * that leave groups to systemd put each container beside the builds, and those weigh less there.
 */
export class AppCgroup {
  readonly #options: AppCgroupOptions;
  #parent: Promise<string | undefined> | undefined;

  constructor(options: AppCgroupOptions) {
    this.#options = options;
  }

  /** What the engine is to be told as a container's parent; undefined where it does better by itself or nobody here can weigh groups. */
  parent(): Promise<string | undefined> {
    this.#parent ??= this.#prepare();
    this.#parent.catch(() => this.forget());
    return this.#parent;
  }

  /** The engine may have been set up otherwise meanwhile. */
  forget(): void {
    this.#parent = undefined;
  }

  async #prepare(): Promise<string | undefined> {
    const { docker, dockerHost, uid, path } = this.#options;
    if (uid !== 0 || !dockerHost.startsWith("unix://")) return undefined;
    const asked = docker.info() as Promise<EngineCgroups>;
    const { CgroupDriver, CgroupVersion } = await engineCall("Could not ask the engine about itself", asked);
    if (CgroupDriver !== "cgroupfs") return undefined;
    return (await this.#weigh(CgroupVersion === "2")) ? `/${path}` : undefined;
  }

  /** False where control groups are not mounted, or not for us to change. */
  async #weigh(unified: boolean): Promise<boolean> {
    const { path, root = "/sys/fs/cgroup" } = this.#options;
    const top = unified ? root : join(root, "cpu");
    try {
      await access(join(top, "cgroup.procs"));
      await mkdir(join(top, path), { recursive: true });
      if (unified) await this.#delegate(top, path);
      const [file, value] = unified ? ["cpu.weight", weights.weight] : ["cpu.shares", weights.shares];
      await writeFile(join(top, path, file), `${value}`);
      return true;
    } catch (error) {
      if (refusals.has((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    }
  }

  /** Version 2: a group may weigh only what its parents hand down. */
  async #delegate(top: string, path: string): Promise<void> {
    const parents = path.split("/").map((_, depth, parts) => join(top, ...parts.slice(0, depth)));
    for (const parent of parents) await writeFile(join(parent, "cgroup.subtree_control"), "+cpu");
  }
}

const refusals = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "EBUSY"]);
