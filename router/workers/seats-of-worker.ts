import type { SeatDesk, Waiting } from "../seats/seat-desk";
import { Batch } from "./batch";
import type { SeatAnswer, SeatAsk } from "./seat-messages";

/** What one worker has of the primary's desk. Each request for a seat is answered once, also one that was given up. */
export class SeatsOfWorker {
  readonly #desk: SeatDesk;
  readonly #answers: Batch<SeatAnswer>;
  readonly #waiting = new Map<number, Waiting>();

  constructor(desk: SeatDesk, tell: (answers: SeatAnswer[]) => void) {
    this.#desk = desk;
    this.#answers = new Batch(tell);
  }

  hear(asks: readonly SeatAsk[]): void {
    for (const ask of asks) {
      if (ask.kind === "take") this.#take(ask);
      else if (ask.kind === "giveUp") this.#giveUp(ask.id);
      else this.#desk.leave(this, ask.appId, ask.instanceId);
    }
  }

  /** The worker has ended. */
  gone(): void {
    this.#desk.gone(this);
  }

  #take({ id, wish }: Extract<SeatAsk, { kind: "take" }>): void {
    const waiting = this.#desk.ask(this, wish, (instanceId) => {
      this.#waiting.delete(id);
      this.#answers.add([id, instanceId]);
    });
    if (waiting) this.#waiting.set(id, waiting);
  }

  #giveUp(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    this.#desk.giveUp(waiting);
    this.#answers.add([id, null]);
  }
}
