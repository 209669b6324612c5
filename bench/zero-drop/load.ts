import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";

const pauseMs = 20;
const upload = Buffer.alloc(10 * 2 ** 20, "u");
/** An app is asked for its goodbye with this code; anything else cut the connection. */
const goingAway = 1001;

/** Clients of every kind that ask without end until `stop`. */
export class Load {
  requests = 0;
  streams = 0;
  readonly failures: string[] = [];
  readonly #stopping = new AbortController();
  readonly #clients: Promise<void>[];

  constructor(
    readonly port: number,
    readonly host: string,
  ) {
    const version = (body: Buffer) => /^v\d+$/.test(body.toString());
    const kept = () => new Agent({ keepAlive: true, maxSockets: 1 });
    this.#clients = [
      this.#repeat(() => this.#ask("/", false, version)),
      this.#repeat(() => this.#ask("/", false, version)),
      ...[kept(), kept()].map((agent) => this.#repeat(() => this.#ask("/", agent, version))),
      ...[kept(), kept()].map((agent) => this.#repeat(() => this.#ask("/slow", agent, version))),
      this.#repeat(() =>
        this.#ask("/upload", false, (body) => Number(body.toString()) === upload.length, upload),
      ),
      this.#repeat(() => this.#listen()),
      this.#repeat(() => this.#converse()),
    ];
  }

  /** Ends when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#clients);
  }

  async #repeat(act: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await act();
      await pause(pauseMs);
    }
  }

  async #ask(
    path: string,
    agent: Agent | false,
    accepts: (body: Buffer) => boolean,
    body?: Buffer,
  ): Promise<void> {
    this.requests += 1;
    try {
      const response = await this.#open(path, agent, body);
      const answer = await buffer(response);
      if (response.statusCode !== 200 || !accepts(answer))
        this.failures.push(`${path}: ${response.statusCode} ${answer.toString().slice(0, 200)}`);
    } catch (error) {
      this.failures.push(`${path}: ${String(error)}`);
    }
  }

  async #open(path: string, agent: Agent | false, body?: Buffer): Promise<IncomingMessage> {
    const place = { host: "127.0.0.1", port: this.port, path, agent, headers: { host: this.host } };
    const asked = request({ ...place, method: body ? "POST" : "GET" }).end(body);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return response;
  }

  /** Server-sent events, until the router ends them in order at the drain's limit, or the load stops. */
  async #listen(): Promise<void> {
    this.streams += 1;
    try {
      const events = await this.#open("/events", false);
      if (events.statusCode !== 200) this.failures.push(`/events: ${events.statusCode}`);
      const stop = () => events.destroy();
      this.#stopping.signal.addEventListener("abort", stop);
      events.resume();
      await once(events, "close");
      this.#stopping.signal.removeEventListener("abort", stop);
      if (!this.#stopping.signal.aborted && !events.complete) this.failures.push("/events: cut");
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.failures.push(`/events: ${String(error)}`);
    }
  }

  async #converse(): Promise<void> {
    this.streams += 1;
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/`, { headers: { host: this.host } });
    const stop = () => socket.close();
    this.#stopping.signal.addEventListener("abort", stop);
    let fault = "";
    socket.on("error", (error) => {
      fault = error.message;
    });
    const [code] = (await once(socket, "close").catch(() => [0])) as [number];
    this.#stopping.signal.removeEventListener("abort", stop);
    if (!this.#stopping.signal.aborted && code !== goingAway)
      this.failures.push(`websocket: closed with ${code} ${fault}`);
  }
}
