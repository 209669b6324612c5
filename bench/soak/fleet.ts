import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

interface Instance {
  port: number;
  child: ChildProcess;
}

/** How long a router has for taking a table before instances that left it are ended. */
const takeMs = 1_000;

/** Instances of some apps, and the table that routes to them. */
export class Fleet {
  /** When an instance of an app was killed last. */
  readonly killedAtMs = new Map<string, number>();
  readonly #file: string;
  readonly #changed: () => void;
  readonly #apps = new Map<string, Instance[]>();
  #number = 0;

  /** `changed` is called when the table in `file` is another one. */
  constructor(file: string, changed: () => void) {
    this.#file = file;
    this.#changed = changed;
  }

  async start(apps: number, instances: number): Promise<void> {
    for (let index = 0; index < apps; index += 1) {
      const name = `app${index}`;
      this.#apps.set(name, await Promise.all(Array.from({ length: instances }, () => this.#begin(name))));
    }
    await this.publish();
  }

  /** Writes the table, with a host that no table had before. */
  async publish(): Promise<void> {
    this.#number += 1;
    const hosts = Object.fromEntries(
      [...this.#apps].map(([name, instances]) => [`${name}.example`, { targets: placesOf(instances) }]),
    );
    hosts[`once${this.#number}.example`] = { targets: [] };
    await writeFile(`${this.#file}.new`, JSON.stringify({ hosts }));
    await rename(`${this.#file}.new`, this.#file);
    this.#changed();
  }

  /** New instances take over, the old ones let their requests end. */
  async deploy(name: string): Promise<void> {
    const old = this.#apps.get(name) ?? [];
    this.#apps.set(name, await Promise.all(old.map(() => this.#begin(name))));
    await this.publish();
    await pause(takeMs);
    for (const { child } of old) child.kill("SIGTERM");
  }

  /** One instance dies; some time after that another one is there in its place. */
  async kill(name: string): Promise<void> {
    const [dying, ...others] = this.#apps.get(name) ?? [];
    this.killedAtMs.set(name, Date.now());
    dying?.child.kill("SIGKILL");
    await pause(takeMs);
    this.#apps.set(name, [...others, await this.#begin(name)]);
    await this.publish();
  }

  end(): void {
    for (const instances of this.#apps.values()) for (const { child } of instances) child.kill("SIGKILL");
  }

  async #begin(name: string): Promise<Instance> {
    const child = fork(join(__dirname, "app-main.js"), [name]);
    const [port] = (await once(child, "message")) as [number];
    return { port, child };
  }
}

const placesOf = (instances: readonly Instance[]): string[] =>
  instances.map(({ port }) => `127.0.0.1:${port}`);
