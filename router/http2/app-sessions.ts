import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { Duplex } from "node:stream";
import { AppSocket } from "./app-socket";

/** Requests at once over one session, whatever the app allows; then another one is opened. */
const mostStreams = 100;
const tcpKeepAliveMs = 30_000;
const streamWindowBytes = 262_144;
const sessionWindowBytes = 1_048_576;

/** Waits for a connection. Exactly one of the two is called. */
export interface SocketOpener {
  opened(socket: Duplex): void;
  notOpened(error: unknown): void;
}

/** The sessions with one target that speaks HTTP/2 without TLS (h2c), from the first byte. Requests share them. */
export class AppSessions {
  readonly #place: { host: string; port: number };
  #sessions: AppSession[] = [];
  /** Those that wait for the session that is being opened. */
  #waiting: SocketOpener[] = [];
  #opening: ClientHttp2Session | undefined;

  constructor(place: { host: string; port: number }) {
    this.#place = place;
  }

  /** A connection for one request over a session that is there; undefined when none has room. */
  take(): Duplex | undefined {
    this.#sessions = this.#sessions.filter((session) => session.lives);
    return this.#sessions.find((session) => session.hasRoom)?.open();
  }

  /** The same, over a new session if need be. Not before this call has returned. */
  open(limitMs: number, opener: SocketOpener): void {
    const socket = this.take();
    if (socket) queueMicrotask(() => opener.opened(socket));
    else {
      this.#waiting.push(opener);
      if (!this.#opening) this.#connect(limitMs);
    }
  }

  /** Closes those without a request, and each other one after its last. */
  close(): void {
    for (const session of this.#sessions.splice(0)) session.close();
  }

  #connect(limitMs: number): void {
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs };
    const tcp = connectSocket({ ...this.#place, ...options });
    const session = connect(`http://${this.#place.host}`, {
      createConnection: () => tcp,
      maxSessionMemory: 64,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    this.#opening = session;
    const late = Object.assign(new Error("connect timed out"), { code: "ETIMEDOUT" });
    const timer = setTimeout(() => session.destroy(late), limitMs);
    let reason: unknown = late;
    session.on("error", (error) => {
      reason = error;
    });
    session.once("close", () => {
      clearTimeout(timer);
      if (this.#opening === session) this.#failed(reason);
    });
    // Only who answers in HTTP/2 speaks it.
    session.once("remoteSettings", () => {
      clearTimeout(timer);
      session.setLocalWindowSize(sessionWindowBytes);
      this.#opened(new AppSession(session), limitMs);
    });
  }

  #opened(session: AppSession, limitMs: number): void {
    this.#opening = undefined;
    this.#sessions.push(session);
    const waiting = this.#waiting.splice(0);
    for (const opener of waiting) {
      const socket = this.take();
      if (socket) opener.opened(socket);
      else this.open(limitMs, opener);
    }
  }

  #failed(reason: unknown): void {
    this.#opening = undefined;
    for (const opener of this.#waiting.splice(0)) opener.notOpened(reason);
  }
}

/**
 * One session, and how many requests it carries.
 *
 * INVARIANT: it closes after all of them. Told to before, it would end those whose heads are not on their way yet.
 */
class AppSession {
  readonly #session: ClientHttp2Session;
  #open = 0;
  #closing = false;

  constructor(session: ClientHttp2Session) {
    this.#session = session;
  }

  get lives(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  get hasRoom(): boolean {
    const { maxConcurrentStreams = mostStreams } = this.#session.remoteSettings;
    return this.#open < Math.min(mostStreams, maxConcurrentStreams);
  }

  open(): Duplex {
    this.#open += 1;
    const socket = new AppSocket(this.#session);
    socket.once("close", () => {
      this.#open -= 1;
      if (this.#closing) this.close();
    });
    return socket;
  }

  close(): void {
    this.#closing = true;
    if (this.#open === 0) this.#session.close();
  }
}
