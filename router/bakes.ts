import { bucketOf, type Figures, latencyBuckets } from "../core/figures";
import type { AppRoute, BakeReport } from "../core/route";
import { type FaultName, faults } from "./fault";

/** The window before a switch is kept in so many slices; the oldest is let go of as a whole. */
const slices = 6;
/** How much longer than its window a release is reported: the server may be away when it ends. */
const tellMs = 600_000;

/** One request that is over and had a target. */
export interface Answered {
  appId: string;
  /** Version of the release that the target runs. */
  release: number;
  ms: number;
  status: number;
  fault: FaultName | null;
  stream: boolean;
}

interface Counted {
  release: number;
  windowMs: number;
  sinceMs: number;
  total: Counter;
  recent: Recent;
  before: BakeReport["before"];
}

/**
 * How well the releases of apps with a bake window answer: the one that serves, since it took over, and the one before it, over a window as
 * long before the switch. A few additions a request; nothing for other apps.
 */
export class Bakes {
  readonly #nowMs: () => number;
  readonly #apps = new Map<string, Counted>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes the apps that a new table changes: where the release is another, counting begins anew. */
  take(apps: Readonly<Record<string, Pick<AppRoute, "targets" | "bake"> | null>>): void {
    for (const [appId, app] of Object.entries(apps)) {
      const { targets = [], bake } = app ?? {};
      if (!bake) this.#apps.delete(appId);
      const release = Math.max(0, ...targets.map((target) => target.release ?? 0));
      if (!bake || release === 0) continue;
      const known = this.#apps.get(appId);
      if (known?.release !== release) this.#apps.set(appId, this.#begun(release, bake.windowMs, known));
      else if (known.windowMs !== bake.windowMs) this.#changeWindow(known, bake.windowMs);
    }
  }

  count({ appId, release, ms, status, fault, stream }: Answered): void {
    const counted = this.#apps.get(appId);
    // What the old release still answers while it drains tells nothing of either.
    if (!counted || counted.release !== release || stream) return;
    const isError = fault === null ? status >= 500 : isInstanceFault(fault);
    counted.total.add(ms, isError);
    counted.recent.at(this.#nowMs()).add(ms, isError);
  }

  /** Of releases whose bake may not be over. */
  report(): Record<string, BakeReport> {
    const now = this.#nowMs();
    const told: Record<string, BakeReport> = {};
    for (const [appId, { release, windowMs, sinceMs, total, before }] of this.#apps)
      if (now - sinceMs < windowMs + tellMs)
        told[appId] = { release, fresh: total.figures(), countedMs: Math.round(now - sinceMs), before };
    return told;
  }

  #begun(release: number, windowMs: number, old: Counted | undefined): Counted {
    const now = this.#nowMs();
    const before = old ? { release: old.release, ...old.recent.sum(now).figures() } : null;
    return {
      release,
      windowMs,
      sinceMs: now,
      total: new Counter(),
      recent: new Recent(windowMs / slices),
      before,
    };
  }

  /** A window that is not the one of the slices needs others; what they held is lost. */
  #changeWindow(counted: Counted, windowMs: number): void {
    counted.windowMs = windowMs;
    counted.recent = new Recent(windowMs / slices);
  }
}

/** Whether a request that the router ended failed because of the instance it was sent to. */
const isInstanceFault = (fault: FaultName): boolean => faults[fault].status >= 500 && fault !== "platform";

/** Requests, errors and a latency histogram in one array. */
class Counter {
  readonly #numbers = new Uint32Array(2 + latencyBuckets);

  add(ms: number, isError: boolean): void {
    const numbers = this.#numbers;
    numbers[0] = (numbers[0] ?? 0) + 1;
    if (isError) numbers[1] = (numbers[1] ?? 0) + 1;
    const at = 2 + bucketOf(ms);
    numbers[at] = (numbers[at] ?? 0) + 1;
  }

  addAll(other: Counter): void {
    for (const [at, number] of other.#numbers.entries())
      this.#numbers[at] = (this.#numbers[at] ?? 0) + number;
  }

  clear(): void {
    this.#numbers.fill(0);
  }

  figures(): Figures {
    const [requests = 0, errors = 0, ...latency] = this.#numbers;
    return { requests, errors, latency: latency.slice(0, latency.findLastIndex((count) => count > 0) + 1) };
  }
}

/** The last slices of time, in a ring. */
class Recent {
  readonly #sliceMs: number;
  readonly #ring = Array.from({ length: slices }, () => ({ number: -1, counter: new Counter() }));

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** The counter of the slice at that time. */
  at(nowMs: number): Counter {
    const number = Math.floor(nowMs / this.#sliceMs);
    const slice = this.#ring[number % slices];
    if (!slice) throw new Error("a ring without slices");
    if (slice.number !== number) slice.counter.clear();
    slice.number = number;
    return slice.counter;
  }

  sum(nowMs: number): Counter {
    const oldest = Math.floor(nowMs / this.#sliceMs) - slices;
    const sum = new Counter();
    for (const { number, counter } of this.#ring) if (number > oldest) sum.addAll(counter);
    return sum;
  }
}
