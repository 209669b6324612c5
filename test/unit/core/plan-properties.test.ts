import fc from "fast-check";
import { type Happening, RandomWorld } from "../../builders/random-world";

const pick = fc.nat(7);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant("plan" as const),
      outcomes: fc.array(fc.boolean(), { maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("ready" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom("crash" as const, "vanish" as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom("request" as const, "stream" as const, "finish" as const),
      pick,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("sicken" as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("restart-place" as const),
      place: fc.constantFrom("web.1", "web.2", "worker.1", "clock.1"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom("request" as const, "finish" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("acknowledge" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom("push" as const, "push-with-command" as const, "restart" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("scale" as const),
      type: fc.constantFrom("web", "worker"),
      quantity: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("scale" as const),
      type: fc.constant("clock"),
      quantity: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("bake-window" as const), on: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("answers" as const), errors: fc.constantFrom(0, 50) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("command-ends" as const), exitCode: fc.nat(1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom("command-noted" as const, "command-vanishes" as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("pass" as const),
      ms: fc.constantFrom(10, 1_000, 12_000, 31_000, 61_000),
    }),
  },
);
const history = fc.array(happening, { maxLength: 60, size: "max" });

/** What happens first in every history: without a release nothing else does. */
function lived(happenings: Happening[]): RandomWorld {
  const world = new RandomWorld();
  world.happen({ what: "push" });
  for (const one of happenings) world.happen(one);
  return world;
}

test("no promise is broken, whatever happens between two looks, and the world settles to what is wanted", () => {
  fc.assert(
    fc.property(history, (happenings) => lived(happenings).settles()),
    { numRuns: 2_000 },
  );
});

test("nor while a release bakes, which is taken back for its own faults alone, and leaves nothing warm", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30, size: "max" }), (happenings) => {
      const world = new RandomWorld();
      world.quantities.web = 2;
      world.quantities.worker = 1;
      if (!world.bakes()) return false;
      for (const one of happenings) world.happen(one);
      return world.settles();
    }),
    { numRuns: 2_000 },
  );
});
