import type { ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { release, releaseWish, undoHint } from "../../follow-release";
import { appPath } from "../../session";
import { versionNumber } from "../../version-number";

export const command = defineCommand({
  words: "[VERSION]",
  flags: { ...appFlag, ...noReleasePhaseFlag },
  about:
    "Makes a new release with the code and config of one that failed; its release command runs again. Without a version: the newest.",
  async run(session, [word], flags) {
    const app = await session.app();
    const wish = word === undefined ? {} : { version: versionNumber(word) };
    const made = await release(session, app, `Trying ${word ?? "the newest release"} of ${app} again`, () =>
      session.api.post<ReleaseView>(appPath(app, "/retry"), releaseWish(wish, flags)),
    );
    session.note(...undoHint(made, app));
  },
});
