import { bytesBelow } from "./written";

interface Layer {
  bytes: number;
  /** `sealed`: its step is over, and it was counted after that. */
  state: "open" | "over" | "sealed";
}

interface Cache {
  bytes: number;
  /** As it was when it was first counted: what earlier builds left there. */
  before: number | null;
}

/** What one build has written so far: the layers of all its steps, also of those that are over, and what it has added to its caches. */
export class BuildDisk {
  readonly #layers = new Map<string, Layer>();
  readonly #caches = new Map<string, Cache>();

  addLayer(directory: string): void {
    this.#layers.set(directory, { bytes: 0, state: "open" });
  }

  addCache(directory: string): void {
    if (!this.#caches.has(directory)) this.#caches.set(directory, { bytes: 0, before: null });
  }

  /** Nobody writes to this layer any more. */
  endLayer(directory: string): void {
    const layer = this.#layers.get(directory);
    if (layer?.state === "open") layer.state = "over";
  }

  /** Looks at what may have changed since the last time; in bytes. */
  async count(): Promise<number> {
    const over = [...this.#layers].filter(([, { state }]) => state === "over").map(([name]) => name);
    const open = [...this.#layers].filter(([, { state }]) => state !== "sealed").map(([name]) => name);
    const found = await bytesBelow([...open, ...this.#caches.keys()]);
    for (const name of open) this.#take(name, found.get(name), over.includes(name));
    for (const [name, cache] of this.#caches) {
      cache.bytes = found.get(name) ?? cache.bytes;
      cache.before ??= cache.bytes;
    }
    const layers = [...this.#layers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const caches = [...this.#caches.values()].map(({ bytes, before }) => Math.max(0, bytes - (before ?? 0)));
    return layers + caches.reduce((sum, bytes) => sum + bytes, 0);
  }

  #take(name: string, bytes: number | undefined, wasOver: boolean): void {
    const layer = this.#layers.get(name);
    if (layer === undefined) return;
    layer.bytes = bytes ?? layer.bytes;
    if (wasOver) layer.state = "sealed";
  }
}
