import { z } from "zod";
import { PaasError } from "../../core/error";
import type { AccountKey } from "./account-key";
import type { AcmeAnswer, AcmeHttp } from "./acme-http";
import { type AcmeProblem, parseJson, problemOf, problemSchema, retryAfterMs } from "./acme-problem";

const directorySchema = z.object({ newNonce: z.url(), newAccount: z.url(), newOrder: z.url() });
type Directory = z.infer<typeof directorySchema>;

const orderSchema = z.object({
  status: z.enum(["pending", "ready", "processing", "valid", "invalid"]),
  authorizations: z.array(z.url()),
  finalize: z.url(),
  certificate: z.url().optional(),
  error: problemSchema.optional(),
});
export type Order = z.infer<typeof orderSchema>;

const authorizationSchema = z.object({
  status: z.enum(["pending", "valid", "invalid", "deactivated", "expired", "revoked"]),
  challenges: z.array(
    z.object({
      type: z.string(),
      url: z.url(),
      status: z.string(),
      token: z
        .string()
        .regex(/^[\w-]{1,256}$/)
        .optional(),
      error: problemSchema.optional(),
    }),
  ),
});
export type Authorization = z.infer<typeof authorizationSchema>;

/** An answer, and how long the authority wants us to wait before asking for it again. */
export type Polled<T> = T & { waitMs: number | null };

const maxBadNonces = 20;

export interface AcmeClientOptions {
  http: AcmeHttp;
  directoryUrl: string;
  key: AccountKey;
  now: () => number;
}

/** One account at one authority (RFC 8555). Every method throws `AcmeProblem`, or `unavailable` when nobody answers. */
export class AcmeClient {
  readonly #options: AcmeClientOptions;
  #directory: Directory | undefined;
  #nonce: string | undefined;
  #account: string | undefined;

  constructor(options: AcmeClientOptions) {
    this.#options = options;
  }

  /** Uses an account that was made before. */
  useAccount(url: string): void {
    this.#account = url;
  }

  /** Makes the account, or finds the one that this key has already; agrees to the authority's terms. Returns its URL. */
  async register(email: string | null): Promise<string> {
    const { newAccount } = await this.#read();
    const contact = email === null ? {} : { contact: [`mailto:${email}`] };
    const answer = await this.#post(newAccount, { termsOfServiceAgreed: true, ...contact });
    this.#account = locationOf(answer);
    return this.#account;
  }

  async newOrder(hostname: string): Promise<{ url: string; order: Order }> {
    const { newOrder } = await this.#read();
    const answer = await this.#post(newOrder, { identifiers: [{ type: "dns", value: hostname }] });
    return { url: locationOf(answer), order: parse(orderSchema, answer) };
  }

  async order(url: string): Promise<Polled<Order>> {
    return this.#polled(orderSchema, await this.#post(url, null));
  }

  async authorization(url: string): Promise<Polled<Authorization>> {
    return this.#polled(authorizationSchema, await this.#post(url, null));
  }

  /** Tells the authority that the answer to a challenge stands. */
  async answer(challengeUrl: string): Promise<void> {
    await this.#post(challengeUrl, {});
  }

  /** Hands in the request (base64url DER). */
  async finalize(order: Order, csr: string): Promise<void> {
    await this.#post(order.finalize, { csr });
  }

  /** The chain, PEM. */
  async download(url: string): Promise<string> {
    return (await this.#post(url, null)).text;
  }

  #polled<T extends object>(schema: z.ZodType<T>, answer: AcmeAnswer): Polled<T> {
    return { ...parse(schema, answer), waitMs: retryAfterMs(answer, this.#options.now()) };
  }

  async #read(): Promise<Directory> {
    const { http, directoryUrl, now } = this.#options;
    if (this.#directory) return this.#directory;
    const answer = await http.ask(directoryUrl, "GET");
    if (answer.status !== 200) throw problemOf(answer, now());
    this.#directory = parse(directorySchema, answer);
    return this.#directory;
  }

  /** A signed request; one that is refused for its nonce alone is sent again with the fresh one (RFC 8555, 6.5). */
  async #post(url: string, payload: object | null): Promise<AcmeAnswer> {
    const { http, key, now } = this.#options;
    for (let tries = 0; ; tries += 1) {
      const identity = this.#account === undefined ? { jwk: key.jwk } : { kid: this.#account };
      const nonce = await this.#takeNonce();
      const answer = await http.ask(url, "POST", key.sign({ ...identity, nonce, url }, payload));
      this.#nonce = headerOf(answer, "replay-nonce");
      if (answer.status < 400) return answer;
      const problem: AcmeProblem = problemOf(answer, now());
      if (problem.type !== "badNonce" || tries >= maxBadNonces) throw problem;
    }
  }

  async #takeNonce(): Promise<string> {
    const kept = this.#nonce;
    this.#nonce = undefined;
    if (kept !== undefined) return kept;
    const answer = await this.#options.http.ask((await this.#read()).newNonce, "HEAD");
    const fresh = headerOf(answer, "replay-nonce");
    if (fresh === undefined) throw problemOf(answer, this.#options.now());
    return fresh;
  }
}

function parse<T>(schema: z.ZodType<T>, answer: AcmeAnswer): T {
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw new PaasError("unavailable", "The authority's answer is not ACME: is PAAS_ACME_DIRECTORY right?");
}

function headerOf({ headers }: AcmeAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function locationOf(answer: AcmeAnswer): string {
  const location = headerOf(answer, "location");
  if (location === undefined)
    throw new PaasError("unavailable", "The authority named no URL for what it made.");
  return location;
}
