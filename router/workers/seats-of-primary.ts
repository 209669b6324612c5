import type { SeatSeeker, Seats, SeatWish } from "../seats/seats";
import { Batch } from "./batch";
import type { SeatAnswer, SeatAsk } from "./seat-messages";

/** A worker's seats, which its primary gives out to all workers: what is asked in one turn of the event loop goes in one message. */
export class SeatsOfPrimary implements Seats {
  readonly #asks: Batch<SeatAsk>;
  readonly #waiting = new Map<number, { seeker: SeatSeeker; appId: string }>();
  readonly #ids = new Map<SeatSeeker, number>();
  #asked = 0;

  constructor(tell: (asks: SeatAsk[]) => void) {
    this.#asks = new Batch(tell);
  }

  ask(wish: SeatWish, seeker: SeatSeeker): void {
    this.#asked += 1;
    this.#waiting.set(this.#asked, { seeker, appId: wish.appId });
    this.#ids.set(seeker, this.#asked);
    this.#asks.add({ kind: "take", id: this.#asked, wish });
  }

  giveUp(seeker: SeatSeeker): void {
    const id = this.#ids.get(seeker);
    if (id === undefined) return;
    this.#ids.delete(seeker);
    this.#asks.add({ kind: "giveUp", id });
  }

  /** What the primary answers. */
  hear(answers: readonly SeatAnswer[]): void {
    for (const [id, instanceId] of answers) {
      const asked = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (asked) this.#tell(asked.seeker, asked.appId, id, instanceId);
    }
  }

  #tell(seeker: SeatSeeker, appId: string, id: number, instanceId: string | null): void {
    const waits = this.#ids.get(seeker) === id;
    if (waits) this.#ids.delete(seeker);
    if (instanceId === null) {
      if (waits) seeker.lineIsFull();
      return;
    }
    const leave = () => this.#asks.add({ kind: "leave", appId, instanceId });
    if (waits) seeker.seated({ instanceId, leave });
    else leave();
  }
}
