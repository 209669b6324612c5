import type { Duplex } from "node:stream";
import { closeFrame, FrameTracker } from "./frames";

/** How long the other side may take to close once one side has. */
const lingerMs = 5_000;
const goingAwayCode = 1001;

export interface TunnelOptions {
  client: Duplex;
  upstream: Duplex;
  /** Bytes that came with the heads: first to go, each way. */
  clientHead: Buffer;
  upstreamHead: Buffer;
  /** Whether it speaks WebSocket, whose frames are followed. */
  frames: boolean;
  onBytes: (count: number) => void;
}

/** An upgraded connection: bytes both ways, with backpressure, until either side ends it. */
export class Tunnel {
  readonly #client: Duplex;
  readonly #upstream: Duplex;
  readonly #down: Lane;
  readonly #up: Lane;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: TunnelOptions) {
    const { client, upstream, frames } = options;
    this.#client = client;
    this.#upstream = upstream;
    this.#down = new Lane(upstream, client, frames ? { masked: false } : null, options.onBytes);
    this.#up = new Lane(client, upstream, frames ? { masked: true } : null, () => undefined);
    this.#tie(client, upstream, this.#down);
    this.#tie(upstream, client, this.#up);
    this.#down.begin(options.upstreamHead);
    this.#up.begin(options.clientHead);
  }

  /** Closes it: a WebSocket with 1001 each way, at the end of the message under way; anything else at once. */
  goAway(): void {
    this.#startLinger();
    this.#down.goAway();
    this.#up.goAway();
  }

  /** `back` is the lane that writes to `from`. */
  #tie(from: Duplex, to: Duplex, back: Lane): void {
    // Without a listener the error would end the process; the close that follows it ends both sides.
    from.on("error", () => from.destroy());
    from.once("end", () => this.#startLinger());
    from.once("close", () => {
      back.drop();
      if (from.errored) to.destroy();
      // What `from` sent last may still be on its way, and destroying `to` now could take it back.
      else to.end();
      if (to.closed) clearTimeout(this.#linger);
      else this.#startLinger();
    });
  }

  #startLinger(): void {
    this.#linger ??= setTimeout(() => {
      this.#client.destroy();
      this.#upstream.destroy();
    }, lingerMs);
  }
}

/** One direction of a tunnel. */
class Lane {
  readonly #from: Duplex;
  readonly #to: Duplex;
  readonly #tracker: FrameTracker | undefined;
  readonly #masked: boolean;
  readonly #onBytes: (count: number) => void;
  #leaving = false;
  #done = false;

  constructor(
    from: Duplex,
    to: Duplex,
    frames: { masked: boolean } | null,
    onBytes: (count: number) => void,
  ) {
    this.#from = from;
    this.#to = to;
    this.#tracker = frames ? new FrameTracker() : undefined;
    this.#masked = frames?.masked ?? false;
    this.#onBytes = onBytes;
  }

  begin(head: Buffer): void {
    if (head.length > 0) this.#pass(head);
    this.#from.on("data", (chunk: Buffer) => this.#pass(chunk));
    this.#from.once("end", () => this.#to.end());
    this.#to.on("drain", () => this.#from.resume());
    // Whoever had the connection before may have paused it, over what it sent too early.
    this.#from.resume();
  }

  goAway(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    if (!this.#tracker) this.#finish();
    else if (this.#tracker.betweenMessages) this.#close();
  }

  /** Reads on, for the end to be seen, but passes nothing. */
  drop(): void {
    this.#done = true;
    this.#from.resume();
  }

  #pass(chunk: Buffer): void {
    if (this.#done) return;
    const boundary = this.#tracker?.push(chunk) ?? -1;
    const cut = this.#leaving && boundary >= 0 && !this.#tracker?.closed;
    const passed = cut ? chunk.subarray(0, boundary) : chunk;
    this.#onBytes(passed.length);
    if (!this.#to.write(passed)) this.#from.pause();
    if (cut) this.#close();
  }

  /** Says 1001, unless the peer says goodbye itself, and nothing after it. */
  #close(): void {
    if (this.#tracker?.closed) return;
    this.#to.write(closeFrame(goingAwayCode, { masked: this.#masked }));
    this.#finish();
  }

  #finish(): void {
    this.drop();
    this.#to.end();
  }
}
