import net, { isIPv6 } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { HandedSockets } from "../../core/handed-sockets";

/** Where a role listens. */
export interface HeldAddress {
  door: keyof HandedSockets;
  host: string;
  port: number;
  /** Whether its next process listens there from its beginning. */
  isWanted: () => boolean;
}

/** A socket as Node has it beneath its servers. */
interface BoundSocket {
  readonly fd: number;
  getsockname(into: { port?: number }): unknown;
  close(): void;
}

/**
 * How `node:cluster` makes the sockets that it shares: the only way that Node has to bind one without accepting from it. A number is an error's.
 */
type BindSocket = (host: string, port: number, family: 4 | 6) => BoundSocket | number;

const retryMs = 10;

/**
 * The sockets that a role listens at, held by us beside it: who connects while it is dead waits in the kernel's line for the next process,
 * instead of being refused. Where they cannot be had, the role opens its ports by itself.
 */
export class HeldSockets {
  readonly #addresses: HeldAddress[];
  readonly #held = new Map<HeldAddress["door"], BoundSocket>();

  constructor(addresses: HeldAddress[]) {
    this.#addresses = addresses;
  }

  /** Binds what is wanted and not bound yet; a predecessor that is just ending may keep a port for `patienceMs`. Returns all that are held. */
  async hold(patienceMs: number): Promise<HandedSockets> {
    const giveUpAt = performance.now() + patienceMs;
    const wanted = this.#addresses.filter(({ isWanted }) => isWanted());
    while (!wanted.every((address) => this.#bind(address)) && performance.now() < giveUpAt)
      await delay(retryMs);
    return Object.fromEntries([...this.#held].map(([door, { fd }]) => [door, fd]));
  }

  /** Who connects from now on is refused when the role does not listen. */
  release(): void {
    for (const socket of this.#held.values()) socket.close();
    this.#held.clear();
  }

  /** Whether it is held. */
  #bind({ door, host, port }: HeldAddress): boolean {
    if (this.#held.has(door)) return true;
    const socket = bindSocket?.(host, port, isIPv6(host) ? 6 : 4);
    if (typeof socket !== "object") return false;
    // A port in use is told only when one listens: until then the socket has none.
    const bound: { port?: number } = {};
    socket.getsockname(bound);
    if (bound.port === port) this.#held.set(door, socket);
    else socket.close();
    return this.#held.has(door);
  }
}

const bindSocket = (net as { _createServerHandle?: BindSocket })._createServerHandle;
