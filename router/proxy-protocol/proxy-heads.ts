import type { Server, Socket } from "node:net";
import { type AddressRanges, plainAddress } from "../../core/address-ranges";
import { readProxyHead, type Source } from "./head";

/** For a head to be whole: it is the first thing a balancer sends. */
const limitMs = 5_000;

type Ends = Pick<Socket, "remoteAddress" | "remotePort" | "localPort">;

/**
 * Reads the PROXY heads of connections from trusted proxies, before HTTP or TLS is spoken on them.
 *
 * INVARIANTS: on a guarded server a trusted proxy must begin with a head, or the connection is closed · from anybody else a head is what it
 * is to HTTP and TLS: nonsense.
 */
export class ProxyHeads {
  readonly #proxies: AddressRanges;
  readonly #limitMs: number;
  /** Of connections that are open, by both their ends: what speaks TLS on one has another socket with the same. */
  readonly #sources = new Map<string, Source>();

  constructor(proxies: AddressRanges, headMs = limitMs) {
    this.#proxies = proxies;
    this.#limitMs = headMs;
  }

  /** Takes the server's connections before its own listeners get them. To be called once, when those are there. */
  guard(server: Server): void {
    const listeners = server.listeners("connection");
    server.removeAllListeners("connection");
    const pass = (socket: Socket) => {
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    };
    server.on("connection", (socket: Socket) => {
      if (this.#proxies.includes(plainAddress(socket.remoteAddress ?? "") ?? "")) this.#read(socket, pass);
      else pass(socket);
    });
  }

  /** Whom a connection came from, if a head told it. */
  sourceOf(ends: Ends): Source | undefined {
    return this.#sources.size === 0 ? undefined : this.#sources.get(keyOf(ends));
  }

  #read(socket: Socket, pass: (socket: Socket) => void): void {
    let held: Buffer = Buffer.alloc(0);
    const close = () => socket.destroy();
    const timer = setTimeout(close, this.#limitMs);
    const take = () => {
      for (let chunk = nextOf(socket); chunk !== null; chunk = nextOf(socket)) {
        held = Buffer.concat([held, chunk]);
        const head = headIn(held);
        if (head === "none") return close();
        if (head.kind === "whole") return done(held.subarray(head.length), head.source);
      }
    };
    const done = (rest: Buffer, source: Source | null) => {
      clearTimeout(timer);
      socket.off("readable", take).off("end", close).off("error", close);
      if (source) this.#keep(socket, source);
      if (rest.length > 0) socket.unshift(rest);
      pass(socket);
    };
    socket.on("readable", take).on("end", close).on("error", close);
    socket.once("close", () => clearTimeout(timer));
  }

  #keep(socket: Socket, source: Source): void {
    const key = keyOf(socket);
    this.#sources.set(key, source);
    socket.once("close", () => this.#sources.delete(key));
  }
}

const nextOf = (socket: Socket): Buffer | null => socket.read() as Buffer | null;

function headIn(bytes: Buffer): ReturnType<typeof readProxyHead> | "none" {
  try {
    return readProxyHead(bytes);
  } catch {
    // Whoever sends it is the operator's own balancer, or lies: neither wants an answer in HTTP.
    return "none";
  }
}

const keyOf = ({ remoteAddress, remotePort, localPort }: Ends): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;
