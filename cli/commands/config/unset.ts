import { appFlag, buildFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { changeConfigVars } from "../../config-change";

export const command = defineCommand({
  words: "NAME...",
  flags: { ...appFlag, ...buildFlag, ...noReleasePhaseFlag },
  async run(session, words, flags) {
    await changeConfigVars(
      session,
      "Unsetting",
      Object.fromEntries(words.map((name) => [name, null])),
      flags,
    );
  },
});
