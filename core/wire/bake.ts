import { z } from "zod";
import { bakeOutcomes } from "../bake";
import { date } from "./parts";

const windowMs = z.number().int().nullable();
const figures = z.object({
  requests: z.number().int(),
  /** Answered with 5xx, by the app or by the router for a fault of the instance. */
  errors: z.number().int(),
  /** Of the whole service time, to 19 %. */
  p99Ms: z.number().int(),
});

/** How a release fared, or fares, in its bake. */
export const bakeViewSchema = z.object({
  version: z.number().int(),
  /** What traffic goes, or went, back to. */
  oldVersion: z.number().int(),
  state: z.enum(["baking", ...bakeOutcomes]),
  startedAt: date,
  endsAt: date,
  endedAt: date.nullable(),
  reason: z.string().nullable(),
  /** Null when no router counted. */
  fresh: figures.nullable(),
  /** Of the old release, over a window as long before the switch. */
  before: figures.nullable(),
  /** For how long `fresh` was counted: a router that was started anew has forgotten what it had. */
  countedMs: z.number().int().nullable(),
});
export type BakeView = z.infer<typeof bakeViewSchema>;

export const bakeWindowViewSchema = z.object({
  /** Null: off. */
  windowMs,
  /** Before the change, to say how to undo it. */
  previous: windowMs,
  /** The newest one. */
  bake: bakeViewSchema.nullable(),
});
export type BakeWindowView = z.infer<typeof bakeWindowViewSchema>;

/** `60s`, or `off`. */
export const changeBakeSchema = z.strictObject({ window: z.string() });
