import { checkConfigVar, parseAssignment } from "../../../core/env";
import type { ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { release, undoHint } from "../../follow-release";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME=value...",
  flags: appFlag,
  about: "All vars of one call make one release and one restart.",
  async run(session, words) {
    const changes = Object.fromEntries(words.map(parseAssignment));
    for (const [name, value] of Object.entries(changes)) checkConfigVar(name, value);
    const app = await session.app();
    const made = await release(
      session,
      app,
      `Setting ${Object.keys(changes).join(", ")} and restarting ${app}`,
      () => session.api.patch<ReleaseView>(appPath(app, "/config"), { changes }),
    );
    session.note(...undoHint(made, app));
  },
});
