import { notFound } from "../../../core/error";
import type { Domains } from "../../../server/api/platform/domains";
import type { World } from "./world";

export const fakeDomains = (world: World): Domains => ({
  listDomains: async (app) => world.of(app).domains,
  async addDomain(_actor, app, hostname) {
    world.of(app).domains.push(hostname);
    return hostname;
  },
  async removeDomain(_actor, app, hostname) {
    const kept = world.of(app);
    if (!kept.domains.includes(hostname)) throw notFound(`${hostname} is no domain of ${app.name}.`);
    kept.domains = kept.domains.filter((one) => one !== hostname);
  },
});
