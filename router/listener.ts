import { once } from "node:events";
import type { Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { codeOf } from "./fault";

const retryMs = 50;

export interface ListenOptions {
  host: string;
  port: number;
  /** A socket that is bound there already; undefined: none is. */
  fd?: number | undefined;
  /** How long to wait for a predecessor that is just ending. */
  patienceMs: number;
  /** Called once if it has to wait. */
  onHeld: () => void;
}

/** Listens; a port still held by a router that is just ending is tried again. Rejects with the system's error. */
export async function listen(
  server: Server,
  { host, port, fd, patienceMs, onHeld }: ListenOptions,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (let tries = 0; ; tries += 1) {
    try {
      server.listen(fd === undefined ? { host, port } : { fd });
      await once(server, "listening");
      return;
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || performance.now() > giveUpAt) throw error;
      if (tries === 0) onHeld();
      await delay(retryMs);
    }
  }
}
