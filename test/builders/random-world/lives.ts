import { fc } from "../../support/properties";
import type { Happening } from "./happening";
import { history, scalingHistory } from "./history";
import { type Planner, thePlanner } from "./planner";
import { RandomWorld } from "./random-world";

/** One life of an app after another: true for those that settle to what is wanted; a broken promise is thrown. */
type Lives = fc.IProperty<[Happening[]]>;

/** Whatever happens between two looks, in the midst of them, and to the steps under way. */
export const anyLife = (planner: Planner = thePlanner): Lives =>
  fc.property(history(60), (happenings) => lived(new RandomWorld({ planner }), happenings).settles());

/** A life that goes on while a release bakes. */
export const bakingLife = (planner: Planner = thePlanner): Lives =>
  fc.property(history(30), (happenings) => {
    const random = new RandomWorld({ planner });
    Object.assign(random.world.ledger.quantities, { web: 2, worker: 1 });
    if (!random.bakes()) return false;
    for (const one of happenings) random.happen(one);
    return random.settles();
  });

/** A life of scaling, in which what was just stopped is wanted again. */
export const scalingLife = (planner: Planner = thePlanner): Lives =>
  fc.property(scalingHistory(30), (happenings) => {
    const random = new RandomWorld({ planner });
    random.world.ledger.quantities.web = 2;
    random.happen({ what: "push" });
    if (!random.settles()) return false;
    for (const one of happenings) random.happen(one);
    return random.settles();
  });

/** After any life, a release comes that will never come up: its instances do not start, or do not become ready. */
export const hopelessLife = (planner: Planner = thePlanner): fc.IProperty<[Happening[], boolean]> =>
  fc.property(history(30), fc.boolean(), (happenings, starts) =>
    lived(new RandomWorld({ planner }), happenings).abandons(starts),
  );

/** Two loops race that should not. */
export const racingLife = (planner: Planner = thePlanner): Lives =>
  fc.property(history(60), (happenings) =>
    lived(new RandomWorld({ planner, racing: true }), happenings).settles(),
  );

/** What happens first in every life: without a release nothing else does. */
function lived(random: RandomWorld, happenings: Happening[]): RandomWorld {
  random.happen({ what: "push" });
  for (const one of happenings) random.happen(one);
  return random;
}
