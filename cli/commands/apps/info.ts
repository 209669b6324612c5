import type { AppView, FormationView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { gitUrl } from "../../git-remote";
import { appPath } from "../../session";
import { fields } from "../../table";
import { when } from "../../time";

export const command = defineCommand({
  words: "[APP]",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, [word], flags) {
    const name = await session.app(word);
    const app = await session.api.get<AppView>(appPath(name));
    if (flags.json) return session.printJson(app);
    const { quantities } = await session.api.get<FormationView>(appPath(name, "/formation"));
    const formation = Object.entries(quantities).map(([type, quantity]) => `${type}: ${quantity}`);
    session.print(
      `=== ${app.name}`,
      "",
      ...fields([
        ["Web URL", app.url],
        ["Git URL", gitUrl(session.api.server, app.name)],
        ["Release", app.currentVersion === null ? "none yet: git push paas main" : `v${app.currentVersion}`],
        ["Formation", formation.join(", ") || "nothing yet"],
        ["Created", when(app.createdAt, session.world.now())],
      ]),
    );
  },
});
