import * as plan from "../../../core/plan";
import * as underWay from "../../../core/under-way";

/** What of core decides for the scheduler; a mutant can take its place. */
export type Planner = Pick<typeof plan, "plan" | "mayBeRouted"> &
  Pick<typeof underWay, "besides" | "isVisible" | "keyOf" | "mayBegin">;

export const thePlanner: Planner = { ...plan, ...underWay };
