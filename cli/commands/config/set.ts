import { checkConfigVar, parseAssignment } from "../../../core/env";
import { appFlag, buildFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { changeConfigVars } from "../../config-change";

export const command = defineCommand({
  words: "NAME=value...",
  flags: { ...appFlag, ...buildFlag, ...noReleasePhaseFlag },
  about:
    "All vars of one call make one release and one restart. With --build: for the Dockerfile's ARGs and RUN --mount=type=secret,id=NAME,\nas files for buildpacks of others, and for nothing that runs; a secret belongs into a secret mount, since ARGs stay in the image's history.",
  async run(session, words, flags) {
    const changes = Object.fromEntries(words.map(parseAssignment));
    for (const [name, value] of Object.entries(changes)) checkConfigVar(name, value);
    await changeConfigVars(session, "Setting", changes, flags);
  },
});
