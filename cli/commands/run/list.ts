import type { RunView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { runTable } from "../../run-table";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag, all: { type: "boolean", about: "ended ones too, the newest 50" } },
  async run(session, _words, flags) {
    const app = await session.app();
    const runs = await session.api.get<RunView[]>(appPath(app, `/runs${flags.all ? "?all=1" : ""}`));
    if (flags.json) return session.printJson(runs);
    if (runs.length === 0)
      return session.note(
        `No one-off of ${app} ${flags.all ? "was ever started" : "runs"}. Start one: paas run COMMAND -a ${app}`,
      );
    session.print(`=== ${app} One-offs`, "", ...runTable(runs, session.world.now()));
  },
});
