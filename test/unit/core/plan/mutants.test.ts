import { anyLife, bakingLife, hopelessLife, scalingLife } from "../../../builders/random-world/lives";
import type { Planner } from "../../../builders/random-world/planner";
import { loadMutant } from "../../../mutants/load";
import { type Mutant, mutants } from "../../../mutants/planner";
import { fc } from "../../../support/properties";

/** The same worlds each time: a mutant that is killed once stays so until the code changes. */
const worlds = { seed: 20_261_120, numRuns: 5_000, endOnFailure: true };

const isKilled: Record<Mutant["in"], (planner: Planner) => boolean> = {
  any: (planner) => fc.check(anyLife(planner), worlds).failed,
  scaling: (planner) => fc.check(scalingLife(planner), worlds).failed,
  baking: (planner) => fc.check(bakingLife(planner), worlds).failed,
  hopeless: (planner) => fc.check(hopelessLife(planner), worlds).failed,
};

test.each(mutants)("kills the planner that $fault", (mutant) => {
  expect(isKilled[mutant.in](loadMutant(mutant))).toBe(true);
});
