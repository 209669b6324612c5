import type { Rules } from "./admission/rules";
import { Answer } from "./answer";
import type { Clock } from "./clock";
import { type ErrorPage, errorPage, pageText } from "./error-pages";
import type { Exchange } from "./exchange";
import type { FaultName } from "./fault";
import { answerLines } from "./headers";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";
import type { Outlet } from "./outlet";

/** The client's connection, as an answer needs it. */
export interface Receiver {
  readonly outlet: Outlet;
  /** Whether it may send another request after this one. */
  readonly keepsAlive: boolean;
  /** To be called when the last of an answer was given to the system. */
  readonly onWritten: () => void;
  destroy(): void;
}

/** The client's side of one request: the app's answer, or a page of the router's in its place. */
export class Delivery {
  /** Lines of the router's own for the head of the answer, each with its end. */
  extraLines = "";
  /** What the app wants of the request; undefined: nothing. */
  rules: Rules | undefined;
  /** One that has the client come back to the instance that was asked, with its end. */
  cookieLine = "";
  readonly #client: Receiver;
  readonly #asked: RequestHead;
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  #answer: Answer | undefined;
  #page: { status: number; keepAlive: boolean } | undefined;
  /** Whether something of the answer was given to the system: then no page can take its place. */
  #begun = false;
  #done = false;
  #wasContinued = false;

  constructor(client: Receiver, asked: RequestHead, exchange: Exchange, clock: Clock) {
    this.#client = client;
    this.#asked = asked;
    this.#exchange = exchange;
    this.#clock = clock;
  }

  /** Whether all of it was written; the client may still have to take it. */
  get done(): boolean {
    return this.#done;
  }

  /** The status that the client saw, or was to see; undefined while there is none. */
  get status(): number | undefined {
    return this.#answer?.status ?? this.#page?.status;
  }

  get answered(): boolean {
    return this.#answer !== undefined;
  }

  get isStream(): boolean {
    return this.#answer?.isStream ?? false;
  }

  /** Whether the client's connection serves another request after this one. */
  get keepAlive(): boolean {
    return this.#answer?.keepAlive ?? this.#page?.keepAlive ?? false;
  }

  /** Tells a client that waits for it to send its body, once. */
  goOn(): void {
    if (!this.#asked.expectsContinue || this.#wasContinued) return;
    this.#wasContinued = true;
    this.#client.outlet.text("HTTP/1.1 100 Continue\r\n\r\n");
    this.#client.outlet.flush();
  }

  /** An answer before the final one; 100 is between the router and either side. */
  interim(head: ResponseHead): void {
    if (head.status !== 100 && this.#asked.minor === 1) this.#client.outlet.text(`${answerLines(head)}\r\n`);
  }

  /** `lastOne` when the connection cannot serve another request. */
  begin(head: ResponseHead, lastOne: boolean): void {
    this.#answer = new Answer(head, {
      outlet: this.#client.outlet,
      clock: this.#clock,
      extraLines: this.extraLines + this.cookieLine,
      chunks: this.#asked.minor === 1,
      keepAlive: this.#client.keepsAlive && !lastOne,
    });
  }

  /** True when a stream that is being closed may end now. */
  pass(bytes: Buffer, from: number, to: number, lent: boolean): boolean {
    const answer = this.#answer;
    if (answer === undefined || this.#done) return false;
    const over = answer.pass(bytes, from, to, lent);
    this.#exchange.bytes = answer.bytes;
    return over;
  }

  /** Sends what was gathered of an answer under way. */
  flush(): void {
    if (this.#done) return;
    if (this.#answer) this.#begun = true;
    this.#client.outlet.flush();
  }

  /** Whether a stream may end at once; else `pass` tells when. */
  close(): boolean {
    return this.#answer?.close() ?? true;
  }

  end(trailers: Fields | undefined): void {
    if (this.#done) return;
    this.#answer?.end(trailers);
    this.#finish();
  }

  /** Answers with a page, or cuts the connection when an answer is under way. */
  fail(fault: FaultName, lastOne: boolean): void {
    if (this.#begun) {
      this.#client.outlet.send();
      this.#client.destroy();
    } else this.#sendPage(fault, lastOne);
  }

  #sendPage(fault: FaultName, lastOne: boolean): void {
    const accept = this.#asked.fields.first(kinds.accept);
    const page = errorPage(
      fault,
      { accept, requestId: this.#exchange.requestId },
      this.rules?.pageFor(fault),
    );
    this.reply(page, lastOne);
  }

  /** Answers in the app's place; nothing of an answer may be under way. `lastOne` when the connection cannot serve another request. */
  reply(page: ErrorPage, lastOne: boolean): void {
    const { outlet, keepsAlive } = this.#client;
    const { method, expectsContinue } = this.#asked;
    // A client that was not told to go on sends no body, so nobody could tell where its next request begins.
    const keepAlive = keepsAlive && !lastOne && (!expectsContinue || this.#wasContinued);
    this.#answer = undefined;
    this.#page = { status: page.status, keepAlive };
    outlet.clear();
    outlet.text(pageText(page, { keepAlive, lines: this.extraLines + this.#clock.dateLine }));
    if (method !== "HEAD") outlet.text(page.body);
    this.#finish();
  }

  #finish(): void {
    this.#done = true;
    this.#client.outlet.flush(this.#client.onWritten);
  }
}
