import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { EngineHangs } from "./patience";

interface DialOptions {
  path: string;
  method: "GET" | "POST";
  isStream: true;
  statusCodes: Record<number, true | string>;
  options: Record<string, unknown>;
  abortSignal: AbortSignal;
}

interface Modem {
  dial(options: DialOptions, callback: (error: Error | null, stream: Readable) => void): void;
}

/**
 * The open streams of one engine. A silent stream tells nothing about the engine behind it: while any is open the engine is asked for a sign of
 * life, and when it gives none all are destroyed with that error, for their readers to come back.
 */
export class DockerStreams {
  readonly #docker: Docker;
  readonly #pulseMs: number;
  readonly #open = new Set<Readable>();
  #timer: NodeJS.Timeout | undefined;

  constructor(docker: Docker, pulseMs: number) {
    this.#docker = docker;
    this.#pulseMs = pulseMs;
  }

  /**
   * Opens a stream of the engine (`GET /containers/x/logs`). dockerode's own calls would collect some of them in memory, hand back parsed JSON when
   * the text happens to be JSON, or wait for ever when it breaks off. Aborting destroys it.
   */
  open(
    method: "GET" | "POST",
    path: string,
    query: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<Readable> {
    const modem = this.#docker.modem as Modem;
    const statusCodes = { 200: true, 404: "no such thing", 409: "conflict", 500: "server error" } as const;
    return new Promise((resolve, reject) => {
      const dial: DialOptions = {
        path: `${path}?`,
        method,
        isStream: true,
        statusCodes,
        options: query,
        abortSignal: signal,
      };
      modem.dial(dial, (error, stream) => {
        if (error) return reject(error);
        // An abort that nobody reads any more must not be an uncaught error; readers get it from their iteration.
        stream.on("error", () => undefined);
        this.#watch(stream);
        return resolve(stream);
      });
    });
  }

  #watch(stream: Readable): void {
    this.#open.add(stream);
    stream.once("close", () => this.#open.delete(stream));
    this.#timer ??= this.#later();
  }

  #later(): NodeJS.Timeout {
    return setTimeout(() => this.#feel(), this.#pulseMs).unref();
  }

  #feel(): void {
    if (this.#open.size === 0) {
      this.#timer = undefined;
      return;
    }
    this.#docker
      .ping()
      .catch((error: unknown) => {
        // Any other answer shows that somebody is there.
        if (error instanceof EngineHangs) for (const stream of this.#open) stream.destroy(error);
      })
      .finally(() => {
        this.#timer = this.#later();
      });
  }
}
