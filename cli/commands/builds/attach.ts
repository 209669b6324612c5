import { PaasError } from "../../../core/error";
import { appFlag, defineCommand } from "../../command";
import { expectBuilt, printBuild, wantedBuild } from "../../follow-build";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[BUILD]",
  flags: appFlag,
  about:
    "Without a build: the newest. Prints what its pusher reads, to the end of the release it makes. Ctrl-C leaves it running.",
  async run(session, [word]) {
    const app = await session.app();
    const id = await wantedBuild(session, app, word);
    const path = appPath(app, `/builds/${encodeURIComponent(id)}/attach`);
    const { build, release } = await printBuild(session, path);
    expectBuilt(build);
    if (release?.state === "failed")
      throw new PaasError(
        "release_failed",
        `v${release.version} failed: ${release.failure ?? "no reason was given"}`,
      );
  },
});
