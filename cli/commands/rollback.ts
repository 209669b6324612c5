import type { ReleaseView } from "../../core/wire";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../command";
import { release, releaseWish, undoHint } from "../follow-release";
import { appPath } from "../session";
import { versionNumber } from "../version-number";

export const command = defineCommand({
  words: "[VERSION]",
  flags: { ...appFlag, ...noReleasePhaseFlag },
  about:
    "Without a version: to the one before the current. It makes a new release with that one's code and config; the formation stays.",
  async run(session, [word], flags) {
    const app = await session.app();
    const wish = word === undefined ? {} : { version: versionNumber(word) };
    const made = await release(session, app, `Rolling back ${app}${word ? ` to v${wish.version}` : ""}`, () =>
      session.api.post<ReleaseView>(appPath(app, "/rollback"), releaseWish(wish, flags)),
    );
    session.note(`${made.description}: code and config vars are those of that release.`);
    session.note(...undoHint(made, app));
  },
});
