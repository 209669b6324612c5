import { shortDigest } from "../../../core/image";
import type { BuildView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { wantedBuild } from "../../follow-build";
import { appPath } from "../../session";
import { fields } from "../../table";
import { when } from "../../time";

export const command = defineCommand({
  words: "[BUILD]",
  flags: { ...appFlag, ...jsonFlag },
  about: "Without a build: the newest.",
  async run(session, [word], flags) {
    const app = await session.app();
    const id = await wantedBuild(session, app, word);
    const build = await session.api.get<BuildView>(appPath(app, `/builds/${encodeURIComponent(id)}`));
    if (flags.json) return session.printJson(build);
    const now = session.world.now();
    session.print(
      `=== Build ${build.id}`,
      "",
      ...fields([
        ["Status", statusOf(build)],
        ["Source", build.upload ?? "pushed"],
        ["Commit", build.commit],
        ["Ref", build.ref],
        ["By", build.actor],
        ...build.bases.map(({ image, digest }): [string, string] => [
          "Built on",
          `${image} (${shortDigest(digest)})`,
        ]),
        ["Pushed", when(build.createdAt, now)],
        ["Started", build.startedAt === null ? "not yet" : when(build.startedAt, now)],
        ["Finished", build.finishedAt === null ? "not yet" : when(build.finishedAt, now)],
      ]),
    );
  },
});

function statusOf({ status, failure, waiting }: BuildView): string {
  if (waiting)
    return `${status}: place ${waiting.place}, ${waiting.reason === "app" ? "after another build of this app" : "all build places of the platform are taken"}`;
  return failure === null ? status : `${status}: ${failure}`;
}
