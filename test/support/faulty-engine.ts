import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What becomes of a call: passed on at once, after a while, refused by turns, or taken and never answered. */
export type EngineFault = "none" | { slowMs: number } | "every second fails" | "hangs";

const joinMs = 20;

/** Stands between a platform and a Docker Engine, and answers as a faulty engine would. `close` leaves nothing. */
export class FaultyEngine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: EngineFault = "none";
  #calls = 0;

  private constructor(
    readonly engineSocket: string,
    readonly path: string,
  ) {
    this.#server = createServer((call, answer) => void this.#pass(call, answer));
    this.#server.on(
      "upgrade",
      (call: IncomingMessage, socket: Socket, head: Buffer) => void this.#join(call, socket, head),
    );
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined); // the platform let go of a call
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.requestTimeout = 0;
  }

  static async open(path: string, engineSocket = "/var/run/docker.sock"): Promise<FaultyEngine> {
    const engine = new FaultyEngine(engineSocket, path);
    engine.#server.listen(path);
    await once(engine.#server, "listening");
    return engine;
  }

  /** For DOCKER_HOST. */
  get dockerHost(): string {
    return `unix://${this.path}`;
  }

  /** How many calls have come since the last fault began. */
  get calls(): number {
    return this.#calls;
  }

  fail(fault: EngineFault): void {
    this.#fault = fault;
    this.#calls = 0;
  }

  /** Answers as it should again; what hangs is cut, as when a hanging engine is restarted. */
  heal(): void {
    const hung = this.#fault === "hangs";
    this.#fault = "none";
    if (hung) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
    rmSync(this.path, { force: true });
  }

  async #pass(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.#calls += 1;
    const fault = this.#fault;
    if (fault === "hangs") return;
    if (fault === "every second fails" && this.#calls % 2 === 0) {
      answer.writeHead(500, { "content-type": "application/json" });
      answer.end(JSON.stringify({ message: "a fault of the test" }));
      return;
    }
    if (typeof fault === "object") await delay(fault.slowMs);
    const { method = "GET", url = "/", headers } = call;
    const inner = request({ socketPath: this.engineSocket, method, path: url, headers, agent: false });
    inner.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
      response.once("error", () => answer.destroy());
    });
    inner.on("upgrade", (_response, socket: Socket) => socket.destroy());
    inner.once("error", () => answer.destroy());
    answer.once("close", () => inner.destroy());
    call.pipe(inner);
  }

  /** Calls that become connections of their own (attach, exec, a build's session): what follows their head comes later, as it may. */
  async #join(call: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const inner = connect(this.engineSocket);
    const lines = [`${call.method} ${call.url} HTTP/1.1`];
    for (let index = 0; index < call.rawHeaders.length; index += 2)
      lines.push(`${call.rawHeaders[index]}: ${call.rawHeaders[index + 1]}`);
    inner.write(`${lines.join("\r\n")}\r\n\r\n`);
    inner.on("error", () => socket.destroy());
    socket.once("close", () => inner.destroy());
    inner.pipe(socket);
    await delay(joinMs);
    inner.write(head);
    socket.pipe(inner);
  }
}
