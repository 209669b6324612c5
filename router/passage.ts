import type { Verdict } from "./admission/admission";
import type { Asker } from "./asker";
import { Delivery } from "./delivery";
import { Exchange } from "./exchange";
import { closingFaults, type FaultName, faults } from "./fault";
import { answerLines } from "./headers";
import type { Holder } from "./holder";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";
import { openTunnel } from "./open-tunnel";
import { Patience } from "./patience";
import type { Origin } from "./peer";
import { Reach, type Seeker } from "./reach";
import { Sending } from "./sending";
import type { Services } from "./services";
import { Sticky } from "./sticky";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import type { AnswerSink, Upstream } from "./upstream";

/** What may wait to be sent on to a side that is slower than the other. */
const mostWaiting = 65_536;
/** How long an event under way may take to end before it is cut: its client drops half an event. */
const lingerMs = 5_000;

/**
 * One request on its way, from its head to the end of the client's side of it. Then nothing of it is left upstream either.
 *
 * INVARIANT: a request is sent a second time only if it is repeatable, went over a connection that was used before, and nothing of an
 * answer came.
 */
export class Passage implements Seeker, AnswerSink {
  readonly exchange: Exchange;
  readonly #client: Asker;
  readonly #services: Services;
  readonly #head: RequestHead;
  readonly #origin: Origin;
  readonly #sending: Sending;
  readonly #reach: Reach;
  readonly #delivery: Delivery;
  readonly #patience: Patience;
  #upstream: Upstream | undefined;
  #retried = false;
  #sticky: Sticky | undefined;

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
    this.#sending = new Sending(head, origin, exchange.arrivedAt);
    this.#reach = new Reach(this, services);
    this.#delivery = new Delivery(client, head, exchange, services.clock);
    this.#patience = new Patience(services.clock, services.limits);
  }

  /** Whether the whole request was sent. */
  get sent(): boolean {
    return this.#sending.done;
  }

  /** Whether a body can be sent on now. */
  get takesBody(): boolean {
    return this.#upstream !== undefined && this.#upstream.outlet.waiting < mostWaiting;
  }

  /** Whether the client's connection serves another request after this one. */
  get keepAlive(): boolean {
    return this.#delivery.keepAlive;
  }

  begin(): void {
    const destination = this.resolve();
    if (destination.kind !== "platform") {
      this.exchange.belongsTo(destination.appId);
      this.#delivery.rules = destination.http;
    }
    const applicant = { head: this.#head, origin: this.#origin, exchange: this.exchange };
    const verdict = this.#services.admission.judge(applicant, destination);
    if (verdict instanceof Promise) void verdict.then((late) => this.#obey(late, this.resolve()));
    else this.#obey(verdict, destination);
  }

  resolve(): Destination {
    return this.#services.table.resolve(this.#head.host);
  }

  get wanted(): string | undefined {
    return this.#sticky?.wanted;
  }

  use(upstream: Upstream, { token }: TargetState): void {
    this.#upstream = upstream;
    if (this.#sticky) this.#delivery.cookieLine = this.#sticky.lineFor(token);
    this.#touch();
    upstream.begin(this, this.#head.method === "HEAD");
    this.#sending.begin(upstream.outlet);
    if (!this.sent) {
      this.#delivery.goOn();
      this.#client.takeBody();
    }
    // An app may answer before the body comes, so the head does not wait for it; a body that is there already goes along.
    upstream.outlet.flush();
  }

  /** A part of the request's body. */
  upload(bytes: Buffer, from: number, to: number): void {
    if (!this.#patience.takesBody(to - from)) this.fail("bodyTooLarge");
    else if (this.#upstream) this.#sending.pass(this.#upstream.outlet, bytes, from, to);
    this.#touch();
  }

  /** The request's body is whole. */
  uploaded(trailers: Fields | undefined): void {
    this.#sending.end(this.#upstream?.outlet, trailers);
    this.#touch();
  }

  /** Sends on what was uploaded by now. */
  flushUpload(): void {
    this.#upstream?.outlet.flush();
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
    this.#delivery.begin(head, this.#sending.changing);
    this.#touch();
    if (this.#delivery.isStream) this.exchange.becomeStream(() => this.#closeStream());
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    this.#touch();
    if (this.#delivery.pass(bytes, from, to, this.#upstream?.lends ?? true)) this.#endStream();
  }

  settled(): Holder | undefined {
    const { outlet } = this.#client;
    this.#delivery.flush();
    if (outlet.waiting > mostWaiting) this.#upstream?.pause();
    return outlet.holds ? outlet : undefined;
  }

  ended(trailers: Fields | undefined): void {
    this.#touch();
    this.#upstream = undefined;
    this.#delivery.end(trailers);
  }

  broken(why: "closed" | "malformed", begun: boolean): void {
    const again = !begun && this.#sending.repeatable && !this.#retried && (this.#upstream?.uses ?? 0) > 1;
    this.#upstream = undefined;
    if (again) {
      this.#retried = true;
      this.#seek();
    } else if (why === "malformed") this.fail("badResponse");
    else this.fail(this.#delivery.answered ? "interrupted" : "closedWithoutResponse");
  }

  switched(head: ResponseHead, rest: Buffer): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (!upstream) return;
    if (!this.#sending.changing) {
      upstream.destroy();
      this.fail("badResponse");
      return;
    }
    const protocol = head.fields.first(kinds.upgrade) ?? this.#head.upgrade ?? "";
    const { outlet } = this.#client;
    outlet.text(`${answerLines(head)}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    outlet.send();
    const ends = { client: this.#client.detach(), upstream: { socket: upstream.detach(), rest }, protocol };
    openTunnel(ends, this.exchange, this.#services.tunnels);
  }

  /** The client takes more of the answer. */
  clientDrained(): void {
    this.#touch();
    this.#upstream?.resume();
  }

  /** Ends the request with an error page, or by cutting the connection when an answer is under way. */
  fail(fault: FaultName): void {
    if (this.exchange.over || this.#delivery.done) return;
    this.exchange.blame(fault);
    this.#touch();
    this.#dropUpstream();
    this.#touch();
    this.#delivery.fail(fault, this.#sending.changing || closingFaults.has(fault));
  }

  /** The client has all of it. */
  finished(): void {
    this.exchange.end(this.#delivery.status ?? 0);
  }

  /** The client's side is over before the answer was. */
  left(): void {
    const { exchange } = this;
    this.#reach.leave();
    exchange.blame("clientInterrupted");
    const { status } = faults[exchange.fault ?? "clientInterrupted"];
    exchange.end(exchange.fault === "clientInterrupted" ? status : (this.#delivery.status ?? status));
    this.#dropUpstream();
  }

  tick(nowMs: number): void {
    if (this.#upstream) this.#judgeSilence(this.#upstream, nowMs);
    else if (this.#delivery.done && this.#patience.isOver(nowMs)) this.#giveUp();
  }

  #judgeSilence(upstream: Upstream, nowMs: number): void {
    const { answered, isStream } = this.#delivery;
    const behind = {
      appIsBehind: upstream.outlet.waiting > 0,
      clientIsBehind: this.#client.outlet.waiting > 0,
    };
    const fault = this.#patience.faultAt(nowMs, { sent: this.sent, answered, isStream, ...behind });
    if (fault) this.fail(fault);
  }

  #obey({ refusal, lines }: Verdict, destination: Destination): void {
    if (this.exchange.over) return;
    this.#touch();
    this.#delivery.extraLines = lines;
    if (refusal === null) {
      const policy = destination.kind === "platform" ? undefined : destination.http?.policy;
      if (destination.kind !== "platform") this.#patience.limit(policy, !this.sent);
      if (policy?.sticky) this.#sticky = new Sticky(this.#head, this.#origin.scheme);
      this.#seek(destination);
    } else if (typeof refusal === "string") this.fail(refusal);
    else this.#delivery.reply(refusal, this.#sending.changing);
  }

  #seek(destination?: Destination): void {
    const { changing, repeatable } = this.#sending;
    if (changing) this.#reach.search("changing", destination);
    else this.#reach.search(repeatable && !this.#retried ? "idle" : "new", destination);
  }

  /** The client takes nothing of what is left for it. */
  #giveUp(): void {
    this.exchange.blame("clientIdle");
    this.#client.destroy();
  }

  #touch(): void {
    this.#patience.touch(this.sent && !this.#delivery.answered);
  }

  #dropUpstream(): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  /** Ends a stream towards the client, between two events if that comes soon. */
  #closeStream(): void {
    if (this.#delivery.close()) this.#endStream();
    else setTimeout(() => this.#endStream(), lingerMs).unref();
  }

  #endStream(): void {
    if (this.exchange.over) return;
    this.#dropUpstream();
    this.#touch();
    this.#delivery.end(undefined);
  }
}
