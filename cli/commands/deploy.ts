import { invalid } from "../../core/error";
import type { ReleaseView } from "../../core/wire";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../command";
import { release, releaseWish, undoHint } from "../follow-release";
import { appPath } from "../session";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...noReleasePhaseFlag,
    image: {
      type: "string",
      about: "an image of a registry, or of the platform's engine, e.g. example/shop:1.2",
    },
  },
  about:
    "Makes a release of an image that was built elsewhere, with the app's config. To deploy a repository: git push paas main",
  async run(session, _words, flags) {
    const { image } = flags;
    if (!image)
      throw invalid("What to deploy? paas deploy --image NAME, or git push paas main in a repository.");
    const app = await session.app();
    const made = await release(session, app, `Deploying ${image} to ${app}`, () =>
      session.api.post<ReleaseView>(appPath(app, "/deploy-image"), releaseWish({ image }, flags)),
    );
    session.note(...undoHint(made, app));
  },
});
