import { Agent } from "node:http";
import { connect, type Socket } from "node:net";

/** Below the 5 s after which a Node app closes an idle connection: we close first, so no request meets a closing one. */
const idleMs = 4_000;
const tcpKeepAliveMs = 30_000;

/** Opens a TCP connection; rejects with the system's error, or with code ETIMEDOUT after `limitMs`. */
export function dial(address: string, port: number, limitMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: tcpKeepAliveMs,
      allowHalfOpen: true,
    });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error("connect timed out"), { code: "ETIMEDOUT" })),
      limitMs,
    );
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

/**
 * Connections to one target. Node's agent keeps the idle ones; new ones are opened BEFORE a request is handed over, so that a target
 * that does not answer is known while another can still be chosen and nothing of the request is lost.
 *
 * INVARIANT: between `hasIdle()` or the end of `open()` and the request that uses the connection nothing is awaited.
 */
export class TargetAgent extends Agent {
  readonly #address: string;
  readonly #port: number;
  readonly #opened = new Set<Socket>();
  #retired = false;

  constructor(address: string, port: number, options: { reuse: boolean }) {
    super({ keepAlive: options.reuse, keepAliveMsecs: tcpKeepAliveMs, timeout: idleMs });
    this.#address = address;
    this.#port = port;
  }

  /** Whether a request gets a connection at once. */
  hasIdle(): boolean {
    // Asked for every request, so nothing is copied.
    for (const name in this.freeSockets)
      if (this.freeSockets[name]?.some((socket) => !socket.destroyed)) return true;
    return false;
  }

  /** Opens a connection for the next request; rejects as `dial` does. */
  async open(limitMs: number): Promise<void> {
    const socket = await dial(this.#address, this.#port, limitMs);
    this.#opened.add(socket);
    // One that no request takes (an idle one came free meanwhile) is closed like any idle connection.
    socket.setTimeout(idleMs, () => this.#opened.has(socket) && socket.destroy());
    // Whoever uses the connection hears of its errors too; this one is for the time when nobody does.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#opened.delete(socket));
  }

  /** Closes what is idle, now and from now on; requests under way go on. */
  retire(): void {
    this.#retired = true;
    for (const socket of [...this.#idle(), ...this.#opened]) socket.destroy();
  }

  revive(): void {
    this.#retired = false;
  }

  /** Called by Node's agent when it has no idle connection. */
  override createConnection(): Socket {
    for (const socket of this.#opened) {
      this.#opened.delete(socket);
      if (!socket.destroyed) return socket;
    }
    return connect({ host: this.#address, port: this.#port, noDelay: true, allowHalfOpen: true });
  }

  /** Called by Node's agent when a response is over; false closes the connection (the types say void, the documentation boolean). */
  override keepSocketAlive(socket: Socket): boolean {
    const kept: unknown = super.keepSocketAlive(socket);
    return !this.#retired && kept !== false;
  }

  #idle(): Socket[] {
    return Object.values(this.freeSockets).flatMap((sockets) => sockets ?? []);
  }
}
