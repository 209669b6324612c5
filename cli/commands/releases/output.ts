import { notFound, PaasError } from "../../../core/error";
import type { ReleaseOutputLine, ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { persist } from "../../persist";
import { appPath, type Session } from "../../session";
import { versionNumber } from "../../version-number";

export const command = defineCommand({
  words: "[VERSION]",
  flags: appFlag,
  about:
    "What the release command said. Without a version: the newest. One under way is followed to its end.",
  async run(session, [word]) {
    const app = await session.app();
    const version = word === undefined ? await newest(session, app) : versionNumber(word);
    const release = await follow(session, appPath(app, `/releases/${version}/output`));
    if (release.command === null) return session.note(`v${version} has no release command.`);
    if (release.command === "skipped") return session.note(`v${version} was made without its release phase.`);
    if (release.command === "unstarted")
      return session.note(`The release command of v${version} did not run.`);
    if (release.command !== "succeeded")
      throw new PaasError("release_failed", release.failure ?? "The release command did not succeed.");
  },
});

async function newest(session: Session, app: string): Promise<number> {
  const [release] = await session.api.get<ReleaseView[]>(appPath(app, "/releases?limit=1"));
  if (!release) throw notFound(`${app} has no releases yet. Make the first: git push paas main`);
  return release.version;
}

/** The output always comes from its beginning: after a lost connection, what was printed is skipped. */
function follow(session: Session, path: string): Promise<ReleaseView> {
  let printed = 0;
  return persist(async () => {
    let seen = 0;
    for await (const news of session.api.lines<ReleaseOutputLine>(path)) {
      if ("release" in news) return news.release;
      if (!("text" in news)) continue;
      session.world.stdout.write(news.text.slice(Math.max(0, printed - seen)));
      seen += news.text.length;
      printed = Math.max(printed, seen);
    }
    throw new PaasError("unavailable", "The connection was lost: run the command again.");
  });
}
