import { checkConfigVar, parseAssignment } from "../../../core/env";
import type { ReleaseView } from "../../../core/wire";
import { changeBuildConfig } from "../../build-config";
import { appFlag, buildFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { release, releaseWish, undoHint } from "../../follow-release";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME=value...",
  flags: { ...appFlag, ...buildFlag, ...noReleasePhaseFlag },
  about:
    "All vars of one call make one release and one restart. With --build: for the Dockerfile's ARGs and RUN --mount=type=secret,id=NAME,\nas files for buildpacks of others, and for nothing that runs; a secret belongs into a secret mount, since ARGs stay in the image's history.",
  async run(session, words, flags) {
    const changes = Object.fromEntries(words.map(parseAssignment));
    for (const [name, value] of Object.entries(changes)) checkConfigVar(name, value);
    const app = await session.app();
    if (flags.build) return changeBuildConfig(session, app, "Setting", changes);
    const made = await release(
      session,
      app,
      `Setting ${Object.keys(changes).join(", ")} and restarting ${app}`,
      () => session.api.patch<ReleaseView>(appPath(app, "/config"), releaseWish({ changes }, flags)),
    );
    session.note(...undoHint(made, app));
  },
});
