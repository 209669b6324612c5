import { notFound } from "../../../core/error";
import type { Run } from "../../../core/one-off";
import { shellLine } from "../../../core/shell-word";
import type { Runs } from "../../../server/api/platform/runs";
import { at, type World } from "./world";

export const fakeRuns = (world: World): Runs => ({
  openRuns: async (app) => world.of(app).oneOffs.filter(({ endedAt }) => !endedAt),
  listRuns: async (app, limit) => world.of(app).oneOffs.slice(0, limit),
  async runOnce(_actor, _app, start) {
    const run = { start, ended: 0 };
    world.runs.push(run);
    const made = world.run(start);
    return {
      ...made,
      async end() {
        run.ended += 1;
        await made.end();
      },
    };
  },
  async runDetached(actor, app, { words }) {
    const run = oneOff({ appId: app.id, command: shellLine(words), actor: actor.name });
    world.of(app).oneOffs.unshift(run);
    return run;
  },
  async stopRun(app, name) {
    const run = world.of(app).oneOffs.find((one) => one.name === name && !one.endedAt);
    if (!run) throw notFound(`No one-off "${name}" of ${app.name} runs: see paas run:list.`);
    Object.assign(run, { endedAt: at, outcome: "stopped", exitCode: 143 });
  },
});

export const oneOff = (parts: Partial<Run> = {}): Run => ({
  id: "r1",
  appId: "id-shop",
  name: "run.1234",
  kind: "detached",
  command: "rake import",
  version: 2,
  actor: "admin",
  dueAt: null,
  startedAt: at,
  endedAt: null,
  exitCode: null,
  outcome: null,
  ...parts,
});
