import type { SeatDesk, Waiting } from "./seat-desk";
import type { SeatSeeker, Seats, SeatWish } from "./seats";

/** Seats of a desk in this process, which serves by itself. */
export class OwnSeats implements Seats {
  readonly #desk: SeatDesk;
  readonly #waiting = new Map<SeatSeeker, Waiting>();

  constructor(desk: SeatDesk) {
    this.#desk = desk;
  }

  ask(wish: SeatWish, seeker: SeatSeeker): void {
    const { appId } = wish;
    const waiting = this.#desk.ask(this, wish, (instanceId) => {
      this.#waiting.delete(seeker);
      if (instanceId === null) seeker.lineIsFull();
      else seeker.seated({ instanceId, leave: () => this.#desk.leave(this, appId, instanceId) });
    });
    if (waiting) this.#waiting.set(seeker, waiting);
  }

  giveUp(seeker: SeatSeeker): void {
    const waiting = this.#waiting.get(seeker);
    if (waiting) this.#desk.giveUp(waiting);
    this.#waiting.delete(seeker);
  }
}
