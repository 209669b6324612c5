import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../core/error";
import { keysFor } from "../core/keys";
import type { AccessLine } from "./access-log";
import { FeedSession, type SessionOptions } from "./feed-session";

export interface FeedOptions extends SessionOptions {
  /** Asked again at each try to connect; undefined while it is not known yet. */
  redisUrl: () => Promise<string | undefined>;
  platformId: () => Promise<string | undefined>;
}

/** Tables in, reports and access lines out: the router's only tie to the rest, and one it can live without. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #stopping = new AbortController();
  #session: FeedSession | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Connects, and again whenever the connection is lost, until `stop`. Resolves when the first try has brought a table, or failed. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#running = this.#run(this.#stopping.signal, resolve);
    });
  }

  /** Tells the others at once what this router does now. Without a connection nothing: the next one begins with it. */
  announce(): void {
    this.#session?.report();
  }

  /** Tells that a router was killed. Without a connection nothing: its lease will have run out by the next one. */
  async tellEnd(routerId: string): Promise<void> {
    await this.#session?.tellEnd(routerId);
  }

  /** Sends access lines; false when there is no connection to take them. */
  async send(lines: readonly AccessLine[]): Promise<boolean> {
    if (!this.#session) return false;
    return this.#session.send(lines);
  }

  /** Ends the connection and gives the lease back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(stop: AbortSignal, onTried: () => void): Promise<void> {
    const { log } = this.#options;
    for (let failures = 0; !stop.aborted; failures += 1) {
      try {
        const session = await openSession(this.#options, stop);
        if (session) {
          failures = 0;
          this.#session = session;
          onTried();
          log.info({}, "connected to Redis");
          await session.ended;
          if (!stop.aborted) log.warn({}, "lost Redis; routing goes on by the last table");
        }
      } catch (error) {
        if (failures === 0) log.warn({ reason: messageOf(error) }, "cannot reach Redis; trying on");
      } finally {
        this.#session = undefined;
        onTried();
      }
      await delay(Math.min(100 * 2 ** failures, 2_000), undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/** Connects and takes the present table; undefined while URL or platform are not known yet. */
async function openSession(options: FeedOptions, stop: AbortSignal): Promise<FeedSession | undefined> {
  const [url, platformId] = await Promise.all([options.redisUrl(), options.platformId()]);
  if (url === undefined || platformId === undefined || stop.aborted) return undefined;
  const session = new FeedSession(url, keysFor(platformId), options);
  const close = () => void session.close();
  stop.addEventListener("abort", close);
  void session.ended.then(() => stop.removeEventListener("abort", close));
  try {
    await session.open();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
