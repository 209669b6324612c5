import { PaasError } from "../../../core/error";
import type { ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { printText } from "../../print-text";
import { appPath } from "../../session";
import { wantedRelease } from "../../wanted-release";

export const command = defineCommand({
  words: "[VERSION]",
  flags: appFlag,
  about:
    "What the release command said. Without a version: the newest. One under way is followed to its end.",
  async run(session, [word]) {
    const app = await session.app();
    const version = await wantedRelease(session, app, word);
    const path = appPath(app, `/releases/${version}/output`);
    const { release } = await printText<{ release: ReleaseView }>(session, path);
    if (release.command === null) return session.note(`v${version} has no release command.`);
    if (release.command === "skipped") return session.note(`v${version} was made without its release phase.`);
    if (release.command === "unstarted")
      return session.note(`The release command of v${version} did not run.`);
    if (release.command !== "succeeded")
      throw new PaasError("release_failed", release.failure ?? "The release command did not succeed.");
  },
});
