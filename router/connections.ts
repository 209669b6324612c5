import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { AppProtocol } from "../core/http-policy";
import type { Clock } from "./clock";
import { AppSessions } from "./http2/app-sessions";
import type { ReadBuffer } from "./read-buffer";
import type { Turn } from "./turn";
import { Upstream } from "./upstream";

/** Below the 5 s after which a Node app closes an idle connection: we close first, so no request meets a closing one. */
const idleMs = 4_000;
const mostIdle = 256;
const tcpKeepAliveMs = 30_000;

/** Waits for a connection. Exactly one of the two is called, and not before `open` has returned. */
export interface Opener {
  opened(upstream: Upstream): void;
  /** With the system's error, or one of code ETIMEDOUT. */
  notOpened(error: unknown): void;
}

/** What all targets' connections share. */
export interface Dialling {
  clock: Clock;
  reading: ReadBuffer;
  turn: Turn;
}

/** Connections to one target: those that are idle, newest last, and new ones. */
export class Connections {
  readonly #place: { address: string; port: number };
  readonly #dialling: Dialling;
  readonly #idle: Upstream[] = [];
  readonly #sessions: AppSessions;
  #protocol: AppProtocol = "http1";
  #retired = false;

  constructor(place: { address: string; port: number }, dialling: Dialling) {
    this.#place = place;
    this.#dialling = dialling;
    this.#sessions = new AppSessions({ host: place.address, port: place.port });
  }

  /** What the target is spoken to from now on. */
  speak(protocol: AppProtocol): void {
    if (protocol === this.#protocol) return;
    this.#protocol = protocol;
    this.#closeIdle();
  }

  /** One that waits for a request; undefined when there is none. */
  takeIdle(): Upstream | undefined {
    if (this.#protocol === "h2c") {
      const socket = this.#sessions.take();
      return socket && this.#overSession(socket);
    }
    for (;;) {
      const upstream = this.#idle.pop();
      if (upstream === undefined || this.#isFresh(upstream)) return upstream;
      upstream.destroy();
    }
  }

  /** Opens one for `opener`; `changesProtocol` for one that may be detached, which is HTTP/1.1 whatever the target speaks else. */
  open(limitMs: number, opener: Opener, changesProtocol: boolean): void {
    if (this.#protocol === "h2c" && !changesProtocol) {
      this.#sessions.open(limitMs, {
        opened: (socket) => opener.opened(this.#overSession(socket)),
        notOpened: (error) => opener.notOpened(error),
      });
    } else this.#openSocket(limitMs, opener, changesProtocol);
  }

  #openSocket(limitMs: number, opener: Opener, changesProtocol: boolean): void {
    const { address: host, port } = this.#place;
    const place = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: tcpKeepAliveMs,
      allowHalfOpen: changesProtocol,
    };
    const { socket, attach } = changesProtocol
      ? { socket: connect(place), attach: (upstream: Upstream) => upstream.listen() }
      : this.#dialling.reading.connect(place);
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error("connect timed out"), { code: "ETIMEDOUT" })),
      limitMs,
    );
    const failed = (error: Error) => {
      clearTimeout(timer);
      opener.notOpened(error);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      const upstream = new Upstream(socket, this, { reusable: !changesProtocol, turn: this.#dialling.turn });
      attach(upstream);
      opener.opened(upstream);
    });
  }

  /** Takes back one that may carry another request. */
  giveBack(upstream: Upstream): void {
    if (this.#retired || upstream.destroyed || !upstream.reusable || this.#idle.length >= mostIdle) {
      upstream.destroy();
      return;
    }
    upstream.idleSinceMs = this.#dialling.clock.nowMs;
    this.#idle.push(upstream);
  }

  closed(upstream: Upstream): void {
    const index = this.#idle.indexOf(upstream);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  /** Closes those that have been idle for long. */
  closeOld(): void {
    const fresh = this.#idle.findIndex((upstream) => this.#isFresh(upstream));
    const old = this.#idle.splice(0, fresh < 0 ? this.#idle.length : fresh);
    for (const upstream of old) upstream.destroy();
  }

  /** Closes what is idle, now and from now on; requests under way go on. */
  retire(): void {
    this.#retired = true;
    this.#closeIdle();
  }

  revive(): void {
    this.#retired = false;
  }

  #closeIdle(): void {
    for (const upstream of this.#idle.splice(0)) upstream.destroy();
    this.#sessions.close();
  }

  /** For one request: its place on the session is free again after it. */
  #overSession(socket: Duplex): Upstream {
    const upstream = new Upstream(socket, this, { reusable: false, turn: this.#dialling.turn });
    upstream.listen();
    return upstream;
  }

  #isFresh(upstream: Upstream): boolean {
    const { clock } = this.#dialling;
    return !upstream.destroyed && clock.nowMs - upstream.idleSinceMs < idleMs - clock.everyMs;
  }
}
