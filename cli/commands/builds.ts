import { durationText } from "../../core/receipt";
import type { BuildView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";
import { columns } from "../table";
import { when } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, _words, flags) {
    const app = await session.app();
    const builds = await session.api.get<BuildView[]>(appPath(app, "/builds"));
    if (flags.json) return session.printJson(builds);
    if (builds.length === 0)
      return session.note(`${app} has no builds yet. Make the first: git push paas main`);
    const rows = builds.map((build) => [
      build.id,
      build.waiting ? `queued (place ${build.waiting.place})` : build.status,
      build.upload ?? build.commit.slice(0, 7),
      build.actor,
      when(build.createdAt, session.world.now()),
      tookText(build),
    ]);
    session.print(`=== ${app} Builds`, "", ...columns(rows));
  },
});

function tookText({ startedAt, finishedAt }: BuildView): string {
  if (startedAt === null || finishedAt === null) return "";
  return `took ${durationText(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}
