import type { Duplex } from "node:stream";
import type { Exchange } from "./exchange";
import type { FaultName } from "./fault";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { Origin } from "./peer";
import { Reach, type Seeker } from "./reach";
import { Sending } from "./sending";
import type { Services } from "./services";
import { Sticky } from "./sticky";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import type { AnswerSink, Upstream } from "./upstream";

/** What may wait to be sent on to an app that is slower than its client. */
const mostWaiting = 65_536;

/** Whose errand it is: takes the answer, and hears how the search for a connection goes. */
export interface Sender extends AnswerSink {
  readonly exchange: Exchange;
  /** A target is connected; `cookieLine` has the client come back to it. */
  reached(cookieLine: string): void;
  /** The request's body is wanted now. */
  wantsBody(): void;
  fail(fault: FaultName): void;
}

/**
 * The app's side of one request: what is sent, the connection that carries it, and whether it may go a second time.
 *
 * INVARIANT: a request is sent a second time only if it is repeatable, went over a connection that was used before, and nothing of an
 * answer came.
 */
export class Errand implements Seeker {
  readonly exchange: Exchange;
  readonly #sender: Sender;
  readonly #head: RequestHead;
  readonly #origin: Origin;
  readonly #services: Services;
  readonly #sending: Sending;
  readonly #reach: Reach;
  #upstream: Upstream | undefined;
  #sticky: Sticky | undefined;
  #retried = false;

  constructor(sender: Sender, head: RequestHead, origin: Origin, services: Services) {
    this.exchange = sender.exchange;
    this.#sender = sender;
    this.#head = head;
    this.#origin = origin;
    this.#services = services;
    this.#sending = new Sending(head, origin, sender.exchange.arrivedAt);
    this.#reach = new Reach(this, services);
  }

  /** Whether the whole request was sent. */
  get sent(): boolean {
    return this.#sending.done;
  }

  /** Whether it asks for another protocol, and may. */
  get changing(): boolean {
    return this.#sending.changing;
  }

  /** Whether an app has the request, and its answer is still to come or to end. */
  get isUnderWay(): boolean {
    return this.#upstream !== undefined;
  }

  /** Whether a body can be sent on now. */
  get takesBody(): boolean {
    return this.#upstream !== undefined && this.#upstream.outlet.waiting < mostWaiting;
  }

  /** Whether the app has not taken yet what was sent to it. */
  get appIsBehind(): boolean {
    return this.#upstream !== undefined && this.#upstream.outlet.waiting > 0;
  }

  /** Whether the bytes of the answer are read over after they were handed over. */
  get lends(): boolean {
    return this.#upstream?.lends ?? true;
  }

  get wanted(): string | undefined {
    return this.#sticky?.wanted;
  }

  resolve(): Destination {
    return this.#services.table.resolve(this.#head.host);
  }

  /** Its client stays with the instance that answers it. */
  stick(): void {
    this.#sticky = new Sticky(this.#head, this.#origin.scheme);
  }

  /** Looks for a target; first where `destination` says, if it was resolved just now. */
  go(destination?: Destination): void {
    const { changing, repeatable } = this.#sending;
    if (changing) this.#reach.search("changing", destination);
    else this.#reach.search(repeatable && !this.#retried ? "idle" : "new", destination);
  }

  use(upstream: Upstream, state: TargetState): void {
    this.#upstream = upstream;
    this.#sender.reached(this.#sticky?.lineFor(state.token) ?? "");
    upstream.begin(this.#sender, this.#head.method === "HEAD");
    this.#sending.begin(upstream.outlet);
    if (!this.sent) this.#sender.wantsBody();
    // An app may answer before the body comes, so the head does not wait for it; a body that is there already goes along.
    upstream.outlet.flush();
  }

  fail(fault: FaultName): void {
    this.#sender.fail(fault);
  }

  /** A part of the request's body. */
  pass(bytes: Buffer, from: number, to: number): void {
    if (this.#upstream) this.#sending.pass(this.#upstream.outlet, bytes, from, to);
  }

  /** The request's body is whole. */
  end(trailers: Fields | undefined): void {
    this.#sending.end(this.#upstream?.outlet, trailers);
  }

  /** Sends on what was passed by now. */
  flush(): void {
    this.#upstream?.outlet.flush();
  }

  /** Reads nothing more of the answer for now. */
  pause(): void {
    this.#upstream?.pause();
  }

  resume(): void {
    this.#upstream?.resume();
  }

  /** The answer is whole. */
  done(): void {
    this.#upstream = undefined;
  }

  /** Its connection broke, after an answer has `begun` or before: goes again if it may. Whether it does. */
  goesAgain(begun: boolean): boolean {
    const again = !begun && this.#sending.repeatable && !this.#retried && (this.#upstream?.uses ?? 0) > 1;
    this.#upstream = undefined;
    if (again) {
      this.#retried = true;
      this.go();
    }
    return again;
  }

  /** Gives its socket away, after `switched`. */
  detach(): Duplex | undefined {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    return upstream?.detach();
  }

  /** Nobody wants the answer any more, or the rest of it. */
  drop(): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  /** Its client has left. */
  leave(): void {
    this.#reach.leave();
  }
}
