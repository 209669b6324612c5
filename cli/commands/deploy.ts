import { invalid } from "../../core/error";
import type { BuildView, ReleaseView } from "../../core/wire";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../command";
import { followDeploy } from "../follow-build";
import { release, releaseWish, undoHint } from "../follow-release";
import { Progress } from "../progress";
import { appPath, type Session } from "../session";
import { openUpload } from "../upload/open-upload";

export const command = defineCommand({
  words: "[DIR|ARCHIVE|-]",
  flags: {
    ...appFlag,
    ...noReleasePhaseFlag,
    image: {
      type: "string",
      about: "an image of a registry, or of the platform's engine, e.g. example/shop:1.2",
    },
  },
  about: `Builds and releases a directory (without a word: this one), or a tar or zip archive (-: from stdin), as if it had been pushed.
Of a directory goes what git would take, committed or not: what .gitignore names stays out. Without git, all but node_modules.
With --image: makes a release of an image that was built elsewhere, with the app's config.`,
  async run(session, [word], flags) {
    const app = await session.app();
    if (flags.image === undefined) return deploySource(session, app, word ?? ".", flags);
    if (word !== undefined) throw invalid("Deploy an image or a directory, not both at once.");
    const { image } = flags;
    const made = await release(session, app, `Deploying ${image} to ${app}`, () =>
      session.api.post<ReleaseView>(appPath(app, "/deploy-image"), releaseWish({ image }, flags)),
    );
    session.note(...undoHint(made, app));
  },
});

async function deploySource(
  session: Session,
  app: string,
  word: string,
  flags: { "no-release-phase"?: true },
): Promise<void> {
  if (flags["no-release-phase"])
    throw invalid("--no-release-phase is for images: a build's release command always runs.");
  const { name, body } = await openUpload(session.world, word);
  const path = appPath(app, `/deploy-source?name=${encodeURIComponent(name)}`);
  const { id } = await Progress.of(session.world, `Sending ${name} to ${app}`, () =>
    session.api.upload<BuildView>(path, body),
  );
  const made = await followDeploy(session, app, id);
  if (made) session.note(...undoHint(made, app));
}
