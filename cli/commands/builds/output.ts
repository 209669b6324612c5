import { appFlag, defineCommand } from "../../command";
import { expectBuilt, printBuild, wantedBuild } from "../../follow-build";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[BUILD]",
  flags: appFlag,
  about: "Without a build: the newest. A build under way is followed to its end.",
  async run(session, [word]) {
    const app = await session.app();
    const id = await wantedBuild(session, app, word);
    const { build } = await printBuild(session, appPath(app, `/builds/${encodeURIComponent(id)}/output`));
    expectBuilt(build);
  },
});
