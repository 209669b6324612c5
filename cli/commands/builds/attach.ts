import { appFlag, defineCommand } from "../../command";
import { followDeploy, wantedBuild } from "../../follow-build";

export const command = defineCommand({
  words: "[BUILD]",
  flags: appFlag,
  about:
    "Without a build: the newest. Prints what its pusher reads, to the end of the release it makes. Ctrl-C leaves it running.",
  async run(session, [word]) {
    const app = await session.app();
    const id = await wantedBuild(session, app, word);
    await followDeploy(session, app, id);
  },
});
