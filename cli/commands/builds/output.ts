import { notFound, PaasError } from "../../../core/error";
import type { BuildStreamLine, BuildView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { persist } from "../../persist";
import { appPath, type Session } from "../../session";

export const command = defineCommand({
  words: "[BUILD]",
  flags: appFlag,
  about: "Without a build: the newest. A build under way is followed to its end.",
  async run(session, [word]) {
    const app = await session.app();
    const id = word ?? (await newestBuild(session, app));
    const build = await follow(session, appPath(app, `/builds/${encodeURIComponent(id)}/output`));
    if (build.status !== "succeeded")
      throw new PaasError("build_failed", build.failure ?? `The build was ${build.status}.`);
  },
});

async function newestBuild(session: Session, app: string): Promise<string> {
  const [newest] = await session.api.get<BuildView[]>(appPath(app, "/builds?limit=1"));
  if (!newest) throw notFound(`${app} has no builds yet. Make the first: git push paas main`);
  return newest.id;
}

/** The output always comes from its beginning: after a lost connection, what was printed is skipped. */
function follow(session: Session, path: string): Promise<BuildView> {
  let printed = 0;
  return persist(async () => {
    let seen = 0;
    for await (const news of session.api.lines<BuildStreamLine>(path)) {
      if ("build" in news) return news.build;
      if (!("text" in news)) continue;
      session.world.stdout.write(news.text.slice(Math.max(0, printed - seen)));
      seen += news.text.length;
      printed = Math.max(printed, seen);
    }
    throw new PaasError("unavailable", "The connection was lost: run the command again.");
  });
}
