import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { type ErrorCode, errorCatalogue, PaasError } from "../../core/error";
import { type MetricsView, metricsViewSchema, type RouterView, routerViewSchema } from "../../core/wire";

const limitMs = 5_000;
const refusalSchema = z.object({
  code: z.enum(Object.keys(errorCatalogue) as ErrorCode[]),
  message: z.string(),
});

/** Asks the router of this machine at its admin socket. */
export class RouterAdmin {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Its processes. Throws `unavailable` when it does not answer, as all here do. */
  async view(): Promise<RouterView> {
    return routerViewSchema.parse(await this.#ask("GET", "/workers"));
  }

  /** What it measured. */
  async metrics(): Promise<MetricsView> {
    return metricsViewSchema.parse(await this.#ask("GET", "/metrics.json"));
  }

  /** The same for Prometheus. */
  async metricsText(): Promise<string> {
    return (await this.#send("GET", "/metrics")).body;
  }

  /** Has it begin a reload. Throws `conflict` when it cannot. */
  async reload(): Promise<RouterView> {
    return routerViewSchema.parse(await this.#ask("POST", "/reload"));
  }

  async #ask(method: string, path: string): Promise<unknown> {
    const { status, body } = await this.#send(method, path);
    const answer: unknown = JSON.parse(body);
    if (status < 400) return answer;
    const { code, message } = refusalSchema.parse(answer);
    throw new PaasError(code, message);
  }

  async #send(method: string, path: string): Promise<{ status: number; body: string }> {
    const signal = AbortSignal.timeout(limitMs);
    try {
      const call = request({ socketPath: this.#socketPath, method, path, agent: false, signal }).end();
      const [response] = (await once(call, "response")) as [IncomingMessage];
      return { status: response.statusCode ?? 500, body: await text(response) };
    } catch (cause) {
      throw new PaasError(
        "unavailable",
        "The router does not answer at its admin socket. See how it is: paas status, and its log in the data directory (logs/router.log).",
        { cause },
      );
    }
  }
}
