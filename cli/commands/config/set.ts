import { checkConfigVar, parseAssignment } from "../../../core/env";
import type { ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { release, releaseWish, undoHint } from "../../follow-release";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME=value...",
  flags: { ...appFlag, ...noReleasePhaseFlag },
  about: "All vars of one call make one release and one restart.",
  async run(session, words, flags) {
    const changes = Object.fromEntries(words.map(parseAssignment));
    for (const [name, value] of Object.entries(changes)) checkConfigVar(name, value);
    const app = await session.app();
    const made = await release(
      session,
      app,
      `Setting ${Object.keys(changes).join(", ")} and restarting ${app}`,
      () => session.api.patch<ReleaseView>(appPath(app, "/config"), releaseWish({ changes }, flags)),
    );
    session.note(...undoHint(made, app));
  },
});
