import { invalid } from "../../core/error";
import type { AppView, ReleaseView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";
import { columns } from "../table";
import { when } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag, num: { type: "string", short: "n", about: "how many (15)" } },
  async run(session, _words, flags) {
    const app = await session.app();
    const count = flags.num ?? "15";
    if (!/^\d+$/.test(count)) throw invalid("-n takes a whole number.");
    const releases = await session.api.get<ReleaseView[]>(appPath(app, `/releases?limit=${count}`));
    if (flags.json) return session.printJson(releases);
    if (releases.length === 0)
      return session.note(`${app} has no releases yet. Make the first: git push paas main`);
    const { currentVersion } = await session.api.get<AppView>(appPath(app));
    const rows = releases.map((release) => row(release, session.world.now()));
    session.print(
      `=== ${app} Releases${currentVersion === null ? "" : ` - Current: v${currentVersion}`}`,
      "",
      ...columns(rows),
    );
  },
});

function row(release: ReleaseView, now: Date): string[] {
  return [
    `v${release.version}`,
    `${release.description}${suffix(release)}`,
    release.actor,
    when(release.createdAt, now),
  ];
}

function suffix({ state, command, bake }: ReleaseView): string {
  if (bake?.state === "baking") return " (baking)";
  if (state === "pending") return command === "running" ? " (release command executing)" : " (under way)";
  if (state === "failed")
    return command === "failed" || command === "unknown" ? " (release command failed)" : " (failed)";
  return "";
}
