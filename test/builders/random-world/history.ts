import { fc } from "../../support/properties";
import type { Happening, Outcome } from "./happening";

const pick = fc.nat(7);
const loop = fc.nat(1);
const outcome = fc.constantFrom<Outcome>("done", "done", "done", "failed", "unheard");
const outcomes = fc.array(outcome, { maxLength: 4 });

const of = <W extends Happening["what"]>(...whats: W[]) => fc.constantFrom(...whats);

/** What the scheduler does; its weights against the rest decide how far a history comes. */
const scheduling: fc.WeightedArbitrary<Happening>[] = [
  { weight: 8, arbitrary: fc.record({ what: of("plan"), loop, outcomes }) },
  {
    weight: 5,
    arbitrary: fc.record({ what: of("look"), loop, meanwhile: fc.option(outcome, { nil: null }) }),
  },
  { weight: 5, arbitrary: fc.record({ what: of("land"), loop, pick, outcome }) },
  { weight: 1, arbitrary: fc.record({ what: of("die"), loop, outcomes }) },
];

const people: fc.WeightedArbitrary<Happening>[] = [
  { weight: 1, arbitrary: fc.record({ what: of("push", "push-with-command", "restart") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: of("restart-place"),
      place: fc.constantFrom("web.1", "web.2", "worker.1", "clock.1"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: of("scale"), type: fc.constantFrom("web", "worker"), quantity: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: of("scale"), type: fc.constant("clock"), quantity: fc.nat(1) }),
  },
  { weight: 2, arbitrary: fc.record({ what: of("bake-window"), on: fc.boolean() }) },
];

const world: fc.WeightedArbitrary<Happening>[] = [
  { weight: 4, arbitrary: fc.record({ what: of("ready"), pick }) },
  { weight: 1, arbitrary: fc.record({ what: of("crash", "vanish"), pick }) },
  { weight: 1, arbitrary: fc.record({ what: of("engine-ends") }) },
  { weight: 5, arbitrary: fc.record({ what: of("request", "stream", "finish"), pick }) },
  { weight: 2, arbitrary: fc.record({ what: of("sicken"), pick }) },
  { weight: 3, arbitrary: fc.record({ what: of("acknowledge") }) },
  { weight: 1, arbitrary: fc.record({ what: of("answers"), errors: fc.constantFrom(0, 50) }) },
  { weight: 1, arbitrary: fc.record({ what: of("command-ends"), exitCode: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ what: of("command-noted", "command-vanishes") }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: of("pass"), ms: fc.constantFrom(10, 1_000, 12_000, 31_000, 61_000) }),
  },
];

/** What makes places come and go and come back while steps are under way. */
const scaling: fc.WeightedArbitrary<Happening>[] = [
  {
    weight: 8,
    arbitrary: fc.record({ what: of("look"), loop, meanwhile: fc.option(outcome, { nil: null }) }),
  },
  { weight: 5, arbitrary: fc.record({ what: of("land"), loop, pick, outcome }) },
  { weight: 4, arbitrary: fc.record({ what: of("scale"), type: fc.constant("web"), quantity: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ what: of("acknowledge") }) },
  { weight: 3, arbitrary: fc.record({ what: of("ready"), pick }) },
  { weight: 1, arbitrary: fc.record({ what: of("restart") }) },
];

/** An app that is scaled up and down all the time. */
export const scalingHistory = (maxLength: number): fc.Arbitrary<Happening[]> =>
  fc.array(fc.oneof(...scaling), { maxLength, size: "max" });

/** Anything, in any order. */
export const history = (maxLength: number): fc.Arbitrary<Happening[]> =>
  fc.array(fc.oneof(...scheduling, ...people, ...world), { maxLength, size: "max" });
