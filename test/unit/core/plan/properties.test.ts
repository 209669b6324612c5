import {
  anyLife,
  bakingLife,
  hopelessLife,
  racingLife,
  scalingLife,
} from "../../../builders/random-world/lives";
import { fc } from "../../../support/properties";

test("no promise is broken, whatever happens between two looks, and the world settles to what is wanted", () => {
  fc.assert(anyLife(), { numRuns: 2_000 });
});

test("nor while a release bakes, which is taken back for its own faults alone, and leaves nothing warm", () => {
  fc.assert(bakingLife(), { numRuns: 2_000 });
});

test("nor while an app is scaled up and down, and what was told to end is wanted again", () => {
  fc.assert(scalingLife(), { numRuns: 1_000 });
});

test("a release that cannot come up is abandoned", () => {
  fc.assert(hopelessLife(), { numRuns: 500 });
});

test("where two loops race that should not, no command runs twice, and the world settles once one is left", () => {
  fc.assert(racingLife(), { numRuns: 2_000 });
});
