import { bucketOf, latencyBuckets } from "../core/figures";
import { type Metrics, type Series, statusClasses } from "../core/metrics";

/** Places in an app's answers of one class: requests, milliseconds, then latency buckets. */
const [atRequests, atMs, atLatency] = [0, 1, 2];

/** One request that is over, as it is measured. */
export interface Measured {
  appId: string;
  /** The place of the instance that it was sent to last; empty when it was sent to none. */
  instance: string;
  /** Of the answer; 0 when there was none. */
  status: number;
  /** The router's own code if it ended the request. */
  code: string | null;
  ms: number;
  stream: boolean;
}

interface Counted {
  /** By place, then by class of status. */
  instances: Map<string, (Float64Array | undefined)[]>;
  faults: Map<string, number>;
}

/** Counts every request to an app: its rate, its errors, its duration. Two looks into maps and three additions a request. */
export class Meter {
  readonly #apps = new Map<string, Counted>();

  /** Forgets the apps that are gone, of those that a new table changes. */
  take(apps: Readonly<Record<string, object | null>>): void {
    for (const appId in apps) if (apps[appId] === null) this.#apps.delete(appId);
  }

  count({ appId, instance, status, code, ms, stream }: Measured): void {
    const app = this.#apps.get(appId) ?? this.#begun(appId);
    const numbers = numbersOf(app, instance, status);
    add(numbers, atRequests, 1);
    if (!stream) {
      add(numbers, atMs, ms);
      add(numbers, atLatency + bucketOf(ms), 1);
    }
    if (code !== null) app.faults.set(code, (app.faults.get(code) ?? 0) + 1);
  }

  /** All that it has counted. */
  read(): Omit<Metrics, "inFlight"> {
    const apps = [...this.#apps];
    return {
      series: apps.flatMap(([appId, { instances }]) =>
        [...instances].flatMap(([instance, classes]) =>
          classes.flatMap((numbers, at) => seriesOf({ appId, instance }, numbers, at)),
        ),
      ),
      faults: apps.flatMap(([appId, { faults }]) =>
        [...faults].map(([code, requests]) => ({ appId, code, requests })),
      ),
    };
  }

  #begun(appId: string): Counted {
    const counted: Counted = { instances: new Map(), faults: new Map() };
    this.#apps.set(appId, counted);
    return counted;
  }
}

function numbersOf({ instances }: Counted, instance: string, status: number): Float64Array {
  let classes = instances.get(instance);
  if (classes === undefined) {
    classes = [];
    instances.set(instance, classes);
  }
  const at = status >= 100 && status < 600 ? Math.trunc(status / 100) : 0;
  let numbers = classes[at];
  if (numbers === undefined) {
    numbers = new Float64Array(atLatency + latencyBuckets);
    classes[at] = numbers;
  }
  return numbers;
}

function add(numbers: Float64Array, at: number, what: number): void {
  numbers[at] = (numbers[at] ?? 0) + what;
}

function seriesOf(
  of: Pick<Series, "appId" | "instance">,
  numbers: Float64Array | undefined,
  at: number,
): Series[] {
  const status = statusClasses[at];
  if (numbers === undefined || status === undefined) return [];
  const latency = [...numbers.subarray(atLatency)];
  const end = latency.findLastIndex((count) => count > 0) + 1;
  return [
    {
      ...of,
      status,
      requests: numbers[atRequests] ?? 0,
      ms: numbers[atMs] ?? 0,
      latency: latency.slice(0, end),
    },
  ];
}
