import type { SeatWish } from "../seats/seats";

/** What a worker asks its primary of seats; `id` numbers what is answered. */
export type SeatAsk =
  | { kind: "take"; id: number; wish: SeatWish }
  /** It waits no longer. If it was seated meanwhile, its worker leaves when it hears so. */
  | { kind: "giveUp"; id: number }
  | { kind: "leave"; appId: string; instanceId: string };

/** By the asks' ids: the instance, or null when the line is full. */
export type SeatAnswer = [id: number, instanceId: string | null];
