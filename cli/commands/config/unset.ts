import type { ReleaseView } from "../../../core/wire";
import { changeBuildConfig } from "../../build-config";
import { appFlag, buildFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { release, releaseWish, undoHint } from "../../follow-release";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME...",
  flags: { ...appFlag, ...buildFlag, ...noReleasePhaseFlag },
  async run(session, words, flags) {
    const changes = Object.fromEntries(words.map((name) => [name, null]));
    const app = await session.app();
    if (flags.build) return changeBuildConfig(session, app, "Unsetting", changes);
    const made = await release(session, app, `Unsetting ${words.join(", ")} and restarting ${app}`, () =>
      session.api.patch<ReleaseView>(appPath(app, "/config"), releaseWish({ changes }, flags)),
    );
    session.note(...undoHint(made, app));
  },
});
