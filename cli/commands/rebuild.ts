import type { BuildView } from "../../core/wire";
import { appFlag, defineCommand } from "../command";
import { followDeploy } from "../follow-build";
import { undoHint } from "../follow-release";
import { Progress } from "../progress";
import { appPath } from "../session";

export const command = defineCommand({
  words: "[BUILD]",
  flags: appFlag,
  about: `Builds what the app runs once more, and releases it: for buildpacks, builds:set or config of builds that have changed since, which no
git push of the same commit would bring. With a BUILD of paas builds: what that one was of. Needs no checkout; Ctrl-C leaves it running.`,
  async run(session, [build]) {
    const app = await session.app();
    const { id } = await Progress.of(session.world, `Queueing a build of ${app}`, () =>
      session.api.post<BuildView>(appPath(app, "/builds"), { build }),
    );
    const made = await followDeploy(session, app, id);
    if (made) session.note(...undoHint(made, app));
  },
});
