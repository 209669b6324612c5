import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisSocketUrl } from "../../core/redis-url";

const password = "secret";

/** A Redis of a test's own, on a Unix socket; it can die, and comes back empty. `stop` leaves nothing behind. */
export class OwnRedis {
  readonly #directory = mkdtempSync(join(tmpdir(), "paas-redis-"));
  readonly #socket = join(this.#directory, "redis.sock");
  readonly url = redisSocketUrl(this.#socket, password);
  #process: ChildProcess | undefined;

  async start(): Promise<void> {
    const argv = ["--port", "0", "--unixsocket", this.#socket, "--requirepass", password, "--save", ""];
    this.#process = spawn("redis-server", [...argv, "--dir", this.#directory]);
    for await (const chunk of this.#process.stdout ?? [])
      if (/ready to accept connections/i.test(String(chunk))) return;
    throw new Error("redis-server did not start");
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    this.#process = undefined;
  }

  /** Hangs (true) or goes on (false); connections stay open. */
  hang(hangs: boolean): void {
    this.#process?.kill(hangs ? "SIGSTOP" : "SIGCONT");
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
