import { notFound } from "../../../core/error";
import type { Cron } from "../../../server/api/platform/cron";
import { oneOff } from "./runs";
import type { World } from "./world";

export const fakeCron = (world: World): Cron => ({
  listCron: async (app) => world.of(app).cron,
  async runCron(actor, app, number) {
    const job = world.of(app).cron[number - 1];
    if (!job) throw notFound(`${app.name} has no scheduled command ${number}: see paas cron -a ${app.name}.`);
    const { name, command } = job;
    return oneOff({ appId: app.id, name, kind: "cron", command, actor: actor.name });
  },
});
