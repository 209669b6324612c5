/** What a request wants of an app whose instances get so many requests at once. */
export interface SeatWish {
  appId: string;
  /** Requests that an instance gets at once. */
  most: number;
  /** How many requests of the app may wait in line. */
  queue: number;
  /** Instances that will do, by id; `others` when none of the first has room. */
  first: readonly string[];
  others: readonly string[];
}

/** Room for one request at an instance. */
export interface Seat {
  readonly instanceId: string;
  /** Gives it back, once. */
  leave(): void;
}

/** Who wants a seat. One of the two is called, maybe at once; neither after it was given up. */
export interface SeatSeeker {
  seated(seat: Seat): void;
  lineIsFull(): void;
}

/** Gives out the seats of instances, to all workers together, in the order in which they are asked for. */
export interface Seats {
  ask(wish: SeatWish, seeker: SeatSeeker): void;
  /** It waits no longer; nothing happens if it does not. */
  giveUp(seeker: SeatSeeker): void;
}
