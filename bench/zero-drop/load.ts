import { Agent } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { ask, type Door } from "./door";
import { type ClosedStream, converse, listen, type StreamEnd } from "./streams";

const pauseMs = 20;
const upload = Buffer.alloc(10 * 2 ** 20, "u");

/** Clients of every kind that ask without end until `stop`. */
export class Load {
  requests = 0;
  streams = 0;
  readonly failures: string[] = [];
  readonly closed: ClosedStream[] = [];
  readonly #door: Door;
  readonly #stopping = new AbortController();
  readonly #clients: Promise<void>[];

  constructor(door: Door) {
    this.#door = door;
    const version = (body: Buffer) => /^v\d+$/.test(body.toString());
    const whole = (body: Buffer) => Number(body.toString()) === upload.length;
    const kept = () => new Agent({ keepAlive: true, maxSockets: 1 });
    this.#clients = [
      this.#repeat(() => this.#ask("/", false, version)),
      this.#repeat(() => this.#ask("/", false, version)),
      ...[kept(), kept()].map((agent) => this.#repeat(() => this.#ask("/", agent, version))),
      ...[kept(), kept()].map((agent) => this.#repeat(() => this.#ask("/slow", agent, version))),
      this.#repeat(() => this.#ask("/upload", false, whole, upload)),
      this.#repeat(() => this.#stream(listen)),
      this.#repeat(() => this.#stream(listen)),
      this.#repeat(() => this.#stream(converse)),
      this.#repeat(() => this.#stream(converse)),
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
      const response = await ask(this.#door, path, agent, body);
      const answer = await buffer(response);
      if (response.statusCode !== 200 || !accepts(answer))
        this.failures.push(`${path}: ${response.statusCode} ${answer.toString().slice(0, 200)}`);
    } catch (error) {
      this.failures.push(`${path}: ${String(error)}`);
    }
  }

  async #stream(hold: (door: Door, stop: AbortSignal) => Promise<StreamEnd>): Promise<void> {
    this.streams += 1;
    const end = await hold(this.#door, this.#stopping.signal);
    if (end === null) return;
    if ("fault" in end) this.failures.push(end.fault);
    else this.closed.push(end);
  }
}
