import type { App } from "../../../core/app";
import { applyDrain } from "../../../core/drain";
import { PaasError } from "../../../core/error";
import { applyScale, type Limits, limitsFor } from "../../../core/formation";
import { changeLimits, parseLimits } from "../../../core/limits";
import { restarted } from "../../../core/restart";
import type { Processes, Quantities } from "../../../server/api/platform/processes";
import { currentOf } from "./releases";
import type { World } from "./world";

export const fakeProcesses = (world: World): Processes => ({
  async scale(_actor, app, words) {
    const { quantities } = app.formation;
    return changeQuantities(app, applyScale(quantities, words, Object.keys(quantities)));
  },
  async stop(_actor, app, type) {
    const { quantities } = app.formation;
    const types = Object.keys(quantities).filter((one) => type === undefined || type === one);
    return changeQuantities(app, { ...quantities, ...Object.fromEntries(types.map((one) => [one, 0])) });
  },
  restart: async (_actor, app, what) => restarted(app, currentOf(world, app), what),
  async settle(app) {
    if (!world.settles) throw new PaasError("timeout", `${app.name} is not as wanted after 5 s.`);
  },
  listInstances: async (app) => world.of(app).instances,
  readLimits: async (app) => limitsOf(app),
  async limit(_actor, app, { type, ...words }) {
    const previous = limitsOf(app);
    app.formation = changeLimits(app.formation, parseLimits(words), type);
    return { limits: limitsOf(app), previous };
  },
  async setDrain(_actor, app, words) {
    const previous = app.drain;
    app.drain = applyDrain(previous, words);
    return { drain: app.drain, previous };
  },
});

function changeQuantities(app: App, quantities: Record<string, number>): Quantities {
  const previous = app.formation.quantities;
  app.formation = { ...app.formation, quantities };
  return { quantities, previous };
}

const limitsOf = ({ formation }: App): Record<string, Limits> =>
  Object.fromEntries(
    [...Object.keys(formation.quantities), "run"].map((type) => [type, limitsFor(formation, type)]),
  );
