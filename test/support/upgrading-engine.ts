import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Upgrades the first call that comes and keeps what its caller sent, before and after. `close` leaves nothing. */
export class UpgradingEngine {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "paas-test-engine-"));
  readonly #server: Server = createServer();
  #socket: Socket | undefined;

  private constructor() {
    this.path = join(this.#folder, "docker.sock");
  }

  static async open(): Promise<UpgradingEngine> {
    const engine = new UpgradingEngine();
    await once(engine.#server.listen(engine.path), "listening");
    return engine;
  }

  /** What the caller sends until it ends the connection. */
  async heard(): Promise<{ head: string; rest: string }> {
    const [socket] = (await once(this.#server, "connection")) as [Socket];
    this.#socket = socket;
    socket.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    const [head = "", ...rest] = (await text(socket)).split("\r\n\r\n");
    return { head, rest: rest.join("\r\n\r\n") };
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }
}
