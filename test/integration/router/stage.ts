import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { WebSocketServer } from "ws";
import { target } from "../../support/router-rig/target";
import { runProgram } from "../../support/run-program";
import { Certified, Door } from "../../unit/router/http2/door";

export type Scheme = "http" | "https";

/** A router with both doors open, and an app behind it that has a bit of everything. */
export class Stage {
  readonly host = "shop.localhost";
  readonly #certified = new Certified();
  readonly door = new Door(this.#certified);
  readonly #folder = mkdtempSync(join(tmpdir(), "paas-clients-"));
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  /** Answers more paths, by path. */
  readonly pages = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();

  async open(): Promise<this> {
    await this.door.listen();
    this.#sockets.on("connection", (socket) =>
      socket.on("message", (data) => socket.send(`echo ${String(data)}`)),
    );
    const app = await this.door.rig.app(
      (request, response) => void this.#answer(request, response),
      (server) => this.#takeUpgrades(server),
    );
    const route = { name: "shop", mode: "serve" as const, targets: [target("i1", app)] };
    const hosts = { [this.host]: "a1", "127.0.0.1": "a1" };
    this.door.rig.hosts({ version: 0, hosts, apps: { a1: route } });
    return this;
  }

  place(scheme: Scheme): { host: string; port: number } {
    return { host: "127.0.0.1", port: scheme === "http" ? this.door.rig.port : this.door.port };
  }

  url(scheme: Scheme, path: string): string {
    return `${scheme}://${this.host}:${this.place(scheme).port}${path}`;
  }

  /** What a client of Node.js needs to trust the router. */
  get trust(): { ca: string; servername: string } {
    return { ca: this.#certified.root.certificate, servername: this.host };
  }

  /** A text as a file. */
  file(content: string, name = "body"): string {
    const path = join(this.#folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** What curl says on stdout. */
  async curl(scheme: Scheme, args: string[]): Promise<string> {
    const root = this.file(this.#certified.root.certificate, "root.pem");
    const { port } = this.place(scheme);
    const own = ["-sS", "--cacert", root, "--resolve", `${this.host}:${port}:127.0.0.1`];
    const { stdout, stderr, exitCode } = await runProgram("curl", [...own, ...args], { env: {} });
    if (exitCode !== 0) throw new Error(`curl ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  async close(): Promise<void> {
    await this.door.close();
    this.#certified.clean();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = this.pages.get(request.url ?? "");
    if (page) page(request, response);
    else if (request.url === "/length") response.end(String((await text(request)).length));
    else if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      setImmediate(() => response.end("data: 2\n\n"));
    } else response.setHeader("content-length", 6).end("a page");
  }

  #takeUpgrades(server: Server): void {
    server.on("upgrade", (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (opened) =>
        this.#sockets.emit("connection", opened),
      ),
    );
  }
}
