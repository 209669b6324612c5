import { randomBytes } from "node:crypto";
import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Clock, Watched } from "../clock";
import type { Https } from "../edge";
import { hostnameOf } from "../host-header";
import { Refusal } from "../http1/refusal";
import type { Limits } from "../limits";
import { Allowance } from "./allowance";
import type { Http2Limits } from "./limits";
import { type RequestText, requestTextOf } from "./request-text";
import { StreamSocket } from "./stream-socket";

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;
/** How long a client without a request may take to close after it was told to. */
const lingerMs = 2_000;
/** A client answers what it is sent with window updates: so many bytes sent pay for one received. */
const sentPerReceived = 64;

export interface SessionServices {
  clock: Clock;
  https: Https;
  limits: Limits;
  http2: Http2Limits;
}

export interface SessionOptions {
  /** Takes each request, as a connection of its own. */
  serve: (connection: Duplex) => void;
  onEnd: (session: ClientSession) => void;
}

/**
 * One connection of a client that speaks HTTP/2: each of its streams is served as a connection that speaks HTTP/1.1.
 *
 * INVARIANT: what it may cost without being a request is bounded: resets by their number, all frames besides requests by their bytes.
 */
export class ClientSession implements Watched {
  readonly #socket: TLSSocket;
  readonly #services: SessionServices;
  readonly #options: SessionOptions;
  readonly #session: ServerHttp2Session;
  readonly #resets: Allowance;
  readonly #overhead: Allowance;
  #streams = 0;
  /** Bytes of requests since the last look. */
  #useful = 0;
  #received = 0;
  #sent = 0;
  #leaving = false;
  #dueMs: number;

  constructor(socket: TLSSocket, services: SessionServices, options: SessionOptions) {
    const { clock, http2, limits } = services;
    this.#socket = socket;
    this.#services = services;
    this.#options = options;
    this.#resets = new Allowance(http2.resets, clock.nowMs);
    this.#overhead = new Allowance(http2.overheadBytes, clock.nowMs);
    this.#dueMs = clock.after(limits.headMs);
    this.#session = performServerHandshake(socket, handshakeOptions(http2));
    this.#listen(this.#session);
  }

  /** Takes no further request, and closes after those under way. The client is told which was the last, and asks what came later elsewhere. */
  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#dueMs = this.#services.clock.after(lingerMs);
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  tick(nowMs: number): void {
    this.#countOverhead(nowMs);
    if (this.#streams > 0 || nowMs < this.#dueMs) return;
    if (this.#leaving || !this.#session.remoteSettings) this.destroy();
    else this.leave();
  }

  #listen(session: ServerHttp2Session): void {
    session.setLocalWindowSize(this.#services.http2.connectionWindowBytes);
    session.once("remoteSettings", () => {
      this.#dueMs = this.#services.clock.after(this.#services.limits.keepAliveMs);
    });
    // The close that follows tells it; without a listener the error would end the process.
    session.on("error", () => undefined);
    session.once("close", () => this.#options.onEnd(this));
    session.on(
      "stream",
      (stream: ServerHttp2Stream, _headers: unknown, flags: number, fields: readonly string[]) =>
        this.#take(stream, fields, (flags & NGHTTP2_FLAG_END_STREAM) !== 0),
    );
  }

  #take(stream: ServerHttp2Stream, fields: readonly string[], ends: boolean): void {
    this.#streams += 1;
    stream.on("error", () => undefined);
    try {
      const request = requestTextOf(fields, ends, () => randomBytes(16).toString("base64"));
      if (this.#isMisdirected(request.authority))
        refuse(stream, 421, "This connection is not for this host.");
      else this.#serve(stream, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(stream, error.status, error.message);
    }
    stream.once("close", () => this.#closed());
  }

  #serve(stream: ServerHttp2Stream, request: RequestText): void {
    this.#useful += request.head.length;
    const connection = new StreamSocket(stream, request, (bytes) => {
      this.#useful += bytes;
    });
    stream.once("close", () => {
      if (stream.rstCode !== NGHTTP2_NO_ERROR && !connection.wasCut) this.#countReset();
    });
    this.#options.serve(connection);
  }

  /** Whether the host is served by another certificate than the one that this client was shown (RFC 9113, 9.1.2). */
  #isMisdirected(authority: string): boolean {
    const asked = hostnameOf(authority);
    const shown = (this.#socket.servername || "").toLowerCase();
    if (asked === shown) return false;
    const { certificateOf } = this.#services.https;
    return certificateOf(asked) !== certificateOf(shown);
  }

  #closed(): void {
    this.#streams -= 1;
    const { clock, limits } = this.#services;
    this.#dueMs = clock.after(this.#leaving ? lingerMs : limits.keepAliveMs);
  }

  #countReset(): void {
    this.#resets.spend(1);
    if (this.#resets.isOver(this.#services.clock.nowMs)) this.#calmDown();
  }

  /** All that came and is no part of a request. What may still wait in the windows of streams under way is let pass. */
  #countOverhead(nowMs: number): void {
    const { bytesRead, bytesWritten } = this.#socket;
    const paid = this.#useful + (bytesWritten - this.#sent) / sentPerReceived;
    this.#overhead.spend(bytesRead - this.#received - paid);
    this.#useful = 0;
    this.#received = bytesRead;
    this.#sent = bytesWritten;
    const inWindows = this.#streams * this.#services.http2.streamWindowBytes;
    if (this.#overhead.isOver(nowMs, inWindows)) this.#calmDown();
  }

  #calmDown(): void {
    this.#session.destroy(new Error("it costs more than it asks"), NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

function handshakeOptions(limits: Http2Limits): Parameters<typeof performServerHandshake>[1] {
  return {
    maxHeaderListPairs: limits.headFields,
    maxSessionMemory: limits.memoryMb,
    settings: {
      enableConnectProtocol: true,
      initialWindowSize: limits.streamWindowBytes,
      maxConcurrentStreams: limits.streams,
      maxHeaderListSize: limits.headBytes,
    },
  };
}

/** Answers what cannot be understood, or not here. Other streams of the connection go on. */
function refuse(stream: ServerHttp2Stream, status: number, message: string): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ":status": status, "content-type": "text/plain; charset=utf-8" });
  stream.end(`${message}\n`);
}
