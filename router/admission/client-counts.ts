export interface Rate {
  requests: number;
  perMs: number;
}

/** What is counted of apps' clients, here or elsewhere; `client` is what `clientOf` says. */
export interface ClientCounts {
  /** Counts a request; 0, or how many milliseconds early it comes: then it is not counted. */
  take(appId: string, client: string, rate: Rate): number | Promise<number>;
  /** Counts a request under way, unless there are `most` already: then false. To be given back by `leave`. */
  enter(appId: string, client: string, most: number): boolean | Promise<boolean>;
  leave(appId: string, client: string): void;
}

/** Who counts as one client of those with an address: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address of that has all. */
export function clientOf(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right] = address.toLowerCase().split("::");
  const groups = left === "" ? [] : left.split(":");
  const behind = right === undefined || right === "" ? [] : right.split(":");
  const zeros = right === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...behind];
  const prefix = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}

/** What a client has asked by one rate says nothing of another. */
export const rateKey = (appId: string, client: string, { requests, perMs }: Rate): string =>
  `${appId} ${requests}/${perMs} ${client}`;

/** How many clients are remembered at least, and at most twice. Who is forgotten begins anew. */
const mostClients = 50_000;

/**
 * Counts in this process. A client's rate is one number, the time at which all it asked will be worked off at that rate (GCRA): so many
 * requests at once, then as fast as the rate, and never the double of it around a window's edge.
 */
export class OwnCounts implements ClientCounts {
  readonly #nowMs: () => number;
  readonly #most: number;
  /** When one is full the other is forgotten: whoever has many addresses costs no more memory. */
  #recent = new Map<string, number>();
  #older = new Map<string, number>();
  readonly #underWay = new Map<string, number>();

  constructor(nowMs: () => number, most = mostClients) {
    this.#nowMs = nowMs;
    this.#most = most;
  }

  /** How many clients are remembered. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  take(appId: string, client: string, rate: Rate): number {
    const { requests, perMs } = rate;
    const key = rateKey(appId, client, rate);
    const now = this.#nowMs();
    const each = perMs / requests;
    const workedOff = Math.max(now, this.#recent.get(key) ?? this.#older.get(key) ?? 0);
    const early = workedOff + each - now - perMs;
    // Sums of fractions: a request that fits exactly must fit.
    if (early > 0.001) return early;
    this.#remember(key, workedOff + each);
    return 0;
  }

  enter(appId: string, client: string, most: number): boolean {
    const key = `${appId} ${client}`;
    const count = this.#underWay.get(key) ?? 0;
    if (count >= most) return false;
    this.#underWay.set(key, count + 1);
    return true;
  }

  leave(appId: string, client: string): void {
    const key = `${appId} ${client}`;
    const count = (this.#underWay.get(key) ?? 0) - 1;
    if (count > 0) this.#underWay.set(key, count);
    else this.#underWay.delete(key);
  }

  #remember(key: string, workedOff: number): void {
    if (this.#recent.size >= this.#most && !this.#recent.has(key)) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, workedOff);
  }
}
