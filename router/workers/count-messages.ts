import type { Rate } from "../admission/client-counts";

/** What a worker asks its primary of a client; `id` numbers what is answered. */
export type CountAsk =
  | { kind: "take"; id: number; appId: string; client: string; rate: Rate }
  | { kind: "enter"; id: number; appId: string; client: string; most: number }
  | { kind: "leave"; appId: string; client: string };

/** By the asks' ids: of `take` the milliseconds, of `enter` whether it was counted. */
export type CountAnswer = [id: number, answer: number | boolean];
