import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../core/error";

/** One request that was not answered as it should be. Times are milliseconds since the epoch. */
export interface Failure {
  host: string;
  path: string;
  /** When the request was begun, and when it was known to have failed. */
  beganAt: number;
  failedAt: number;
  /** `connection`: cut or refused; `answer`: the wrong status or body. */
  kind: "connection" | "answer";
  /** ECONNREFUSED, ECONNRESET, ..., or status and beginning of the body. */
  what: string;
}

export interface Client {
  host: string;
  path: string;
  /** One connection for all its requests, or a new one for each. */
  connection: "kept" | "new";
  /** Whether a body is a right answer. */
  accepts: (body: string) => boolean;
}

const pauseMs = 40;

/** Clients that ask without end, each one request after the other, and note every failure. */
export class Traffic {
  readonly failures: Failure[] = [];
  readonly #port: number;
  readonly #running: Promise<void>[];
  readonly #answers = new Map<string, number>();
  #stopped = false;

  constructor(port: number, clients: Client[]) {
    this.#port = port;
    this.#running = clients.map((client) => this.#ask(client));
  }

  /** How many right answers a host has given. */
  answers(host: string): number {
    return this.#answers.get(host) ?? 0;
  }

  /** Resolves when every host has given `count` more right answers. */
  async flows(hosts: string[], count: number): Promise<void> {
    const wanted = hosts.map((host) => ({ host, answers: this.answers(host) + count }));
    while (wanted.some(({ host, answers }) => this.answers(host) < answers)) await delay(pauseMs);
  }

  /** Takes the failures noted so far away. */
  takeFailures(): Failure[] {
    return this.failures.splice(0);
  }

  /** Ends when the requests under way have. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #ask(client: Client): Promise<void> {
    const kept = client.connection === "kept" ? new Agent({ keepAlive: true, maxSockets: 1 }) : null;
    while (!this.#stopped) {
      await this.#askOnce(client, kept ?? false);
      await delay(pauseMs);
    }
    kept?.destroy();
  }

  async #askOnce({ host, path, accepts }: Client, agent: Agent | false): Promise<void> {
    const beganAt = Date.now();
    const fail = (kind: Failure["kind"], what: string) =>
      this.failures.push({ host, path, beganAt, failedAt: Date.now(), kind, what });
    try {
      const place = { host: "127.0.0.1", port: this.#port, path, agent };
      const [answer] = (await once(request({ ...place, headers: { host } }).end(), "response")) as [
        IncomingMessage,
      ];
      const body = await text(answer);
      if (answer.statusCode !== 200 || !accepts(body))
        fail("answer", `${answer.statusCode} ${body.slice(0, 300)}`);
      else this.#answers.set(host, this.answers(host) + 1);
    } catch (error) {
      fail("connection", (error as NodeJS.ErrnoException).code ?? messageOf(error));
    }
  }
}
