import type { Verdict } from "./admission/admission";
import type { Asker } from "./asker";
import { Delivery } from "./delivery";
import { Errand, type Sender } from "./errand";
import { Exchange } from "./exchange";
import { closingFaults, type FaultName, faults } from "./fault";
import { gonePage, isGrpc } from "./grpc";
import type { Holder } from "./holder";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";
import { openTunnel, protocolOf, switchingText } from "./open-tunnel";
import { Patience } from "./patience";
import type { Origin } from "./peer";
import type { Services } from "./services";
import type { Destination } from "./table";

/** What may wait to be sent on to a client that is slower than its app. */
const mostWaiting = 65_536;
/** How long an event under way may take to end before it is cut: its client drops half an event. */
const lingerMs = 5_000;

/** One request on its way, from its head to the end of the client's side of it. Then nothing of it is left upstream either. */
export class Passage implements Sender {
  readonly exchange: Exchange;
  readonly #client: Asker;
  readonly #services: Services;
  readonly #head: RequestHead;
  readonly #origin: Origin;
  readonly #errand: Errand;
  readonly #delivery: Delivery;
  readonly #patience: Patience;
  #isCall = false;

  constructor(client: Asker, head: RequestHead, services: Services) {
    const { method, target, host = "" } = head;
    const origin = client.peer.originOf(head);
    const { requestId, address: fwd } = origin;
    const exchange = new Exchange({ method, target, host, requestId, fwd }, services);
    this.exchange = exchange;
    this.#origin = origin;
    this.#client = client;
    this.#services = services;
    this.#head = head;
    this.#errand = new Errand(this, head, origin, services);
    this.#delivery = new Delivery(client, head, exchange, services.clock);
    this.#patience = new Patience(services.clock, services.limits);
  }

  /** Whether the whole request was sent. */
  get sent(): boolean {
    return this.#errand.sent;
  }

  /** Whether a body can be sent on now. */
  get takesBody(): boolean {
    return this.#errand.takesBody;
  }

  /** Whether the client's connection serves another request after this one. */
  get keepAlive(): boolean {
    return this.#delivery.keepAlive;
  }

  begin(): void {
    const destination = this.#errand.resolve();
    if (destination.kind !== "platform") {
      this.exchange.belongsTo(destination.appId);
      this.#delivery.rules = destination.http;
    }
    const applicant = { head: this.#head, origin: this.#origin, exchange: this.exchange };
    const verdict = this.#services.admission.judge(applicant, destination);
    if (verdict instanceof Promise) void verdict.then((late) => this.#obey(late, this.#errand.resolve()));
    else this.#obey(verdict, destination);
  }

  reached(cookieLine: string): void {
    this.#delivery.cookieLine = cookieLine;
    this.#touch();
  }

  wantsBody(): void {
    this.#delivery.goOn();
    this.#client.takeBody();
  }

  /** A part of the request's body. */
  upload(bytes: Buffer, from: number, to: number): void {
    if (this.#patience.takesBody(to - from)) this.#errand.pass(bytes, from, to);
    else this.fail("bodyTooLarge");
    this.#touch();
  }

  /** The request's body is whole. */
  uploaded(trailers: Fields | undefined): void {
    this.#errand.end(trailers);
    this.#touch();
  }

  /** Sends on what was uploaded by now. */
  flushUpload(): void {
    this.#errand.flush();
  }

  drained(): void {
    this.#touch();
    this.#client.takeBody();
  }

  interim(head: ResponseHead): void {
    this.#touch();
    this.#delivery.interim(head);
  }

  answered(head: ResponseHead): void {
    this.#delivery.begin(head, this.#errand.changing);
    this.#touch();
    if (this.#delivery.isStream) this.exchange.becomeStream(() => this.#closeStream());
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    this.#touch();
    if (this.#delivery.pass(bytes, from, to, this.#errand.lends)) this.#endStream();
  }

  settled(): Holder | undefined {
    const { outlet } = this.#client;
    this.#delivery.flush();
    if (outlet.waiting > mostWaiting) this.#errand.pause();
    return outlet.holds ? outlet : undefined;
  }

  ended(trailers: Fields | undefined): void {
    this.#touch();
    this.#errand.done();
    this.#delivery.end(trailers);
  }

  broken(why: "closed" | "malformed", begun: boolean): void {
    if (this.#errand.goesAgain(begun)) return;
    if (why === "malformed") this.fail("badResponse");
    else this.fail(this.#delivery.answered ? "interrupted" : "closedWithoutResponse");
  }

  switched(head: ResponseHead, rest: Buffer): void {
    if (!this.#errand.changing) {
      this.fail("badResponse");
      return;
    }
    const socket = this.#errand.detach();
    if (!socket) return;
    const protocol = protocolOf(head, this.#head);
    const { outlet } = this.#client;
    outlet.text(switchingText(head, protocol));
    outlet.send();
    const ends = { client: this.#client.detach(), upstream: { socket, rest }, protocol };
    openTunnel(ends, this.exchange, this.#services.tunnels);
  }

  /** The client takes more of the answer. */
  clientDrained(): void {
    this.#touch();
    this.#errand.resume();
  }

  /** Ends the request with an error page, or by cutting the connection when an answer is under way. */
  fail(fault: FaultName): void {
    if (this.exchange.over || this.#delivery.done) return;
    this.exchange.blame(fault);
    this.#errand.drop();
    this.#touch();
    this.#delivery.fail(fault, this.#errand.changing || closingFaults.has(fault));
  }

  /** The client has all of it. */
  finished(): void {
    this.exchange.end(this.#delivery.status ?? 0);
  }

  /** The client's side is over before the answer was. */
  left(): void {
    const { exchange } = this;
    this.#errand.leave();
    exchange.blame("clientInterrupted");
    const { status } = faults[exchange.fault ?? "clientInterrupted"];
    exchange.end(exchange.fault === "clientInterrupted" ? status : (this.#delivery.status ?? status));
    this.#errand.drop();
  }

  tick(nowMs: number): void {
    if (this.#errand.isUnderWay) this.#judgeSilence(nowMs);
    else if (this.#delivery.done && this.#patience.isOver(nowMs)) this.#giveUp();
  }

  #judgeSilence(nowMs: number): void {
    const { answered, isStream } = this.#delivery;
    const { sent, appIsBehind } = this.#errand;
    const clientIsBehind = this.#client.outlet.waiting > 0;
    const fault = this.#patience.faultAt(nowMs, { sent, answered, isStream, appIsBehind, clientIsBehind });
    if (fault) this.fail(fault);
    else if (this.#isCall && this.exchange.isLong(this.#services.limits.longCallMs))
      this.exchange.becomeStream(() => this.#closeStream());
  }

  #obey({ refusal, lines }: Verdict, destination: Destination): void {
    if (this.exchange.over) return;
    this.#touch();
    this.#delivery.extraLines = lines;
    if (refusal === null) {
      const policy = destination.kind === "platform" ? undefined : destination.http?.policy;
      this.#isCall = policy?.protocol === "h2c" && isGrpc(this.#head.fields.first(kinds.contentType));
      if (this.#isCall) this.#patience.limitCall(policy);
      else if (destination.kind !== "platform") this.#patience.limit(policy, !this.sent);
      if (policy?.sticky) this.#errand.stick();
      this.#errand.go(destination);
    } else if (typeof refusal === "string") this.fail(refusal);
    else this.#delivery.reply(refusal, this.#errand.changing);
  }

  /** The client takes nothing of what is left for it. */
  #giveUp(): void {
    this.exchange.blame("clientIdle");
    this.#client.destroy();
  }

  #touch(): void {
    this.#patience.touch(this.sent && !this.#delivery.answered);
  }

  /** Ends a stream towards the client, between two events if that comes soon. */
  #closeStream(): void {
    if (this.#delivery.close()) this.#endStream();
    else setTimeout(() => this.#endStream(), lingerMs).unref();
  }

  #endStream(): void {
    if (this.exchange.over) return;
    this.#errand.drop();
    this.#touch();
    if (this.#delivery.answered) this.#delivery.end(undefined);
    else this.#delivery.reply(gonePage, false);
  }
}
