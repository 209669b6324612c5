import type Docker from "dockerode";
import { engineCallUnless } from "./errors";

/**
 * Tells containers that ended with their engine or its host from those that ended by themselves.
 *
 * No call tells when an engine was started. But whenever it starts without a container that outlived it, it makes its default bridge anew:
 * since then it has run all that it runs. An engine without that bridge (`--bridge none`) says nothing of the kind, nor does a bridge of
 * the future, which the clock was set since: then each end counts as the container's own.
 *
 * INVARIANT: each question opens a connection. An engine that is shutting down ends its containers while it still answers on connections
 * that it has; on a new one it does not answer before it is back.
 */
export class EngineLife {
  readonly #docker: Docker;

  /** By a connection that is not kept. */
  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Whether this life of the engine began after that; throws while there is none. `nowMs` is by the engine's clock, too. */
  async beganAfter(end: Date, nowMs: number): Promise<boolean> {
    const bridge = this.#docker.getNetwork("bridge").inspect() as Promise<{ Created: string }>;
    const found = await engineCallUnless("Could not inspect the engine's bridge", [404], bridge);
    const began = Date.parse(found?.Created ?? "");
    return end.getTime() <= began && began <= nowMs;
  }
}
