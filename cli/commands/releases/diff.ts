import type { ReleaseDiffView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";
import { versionNumber } from "../../version-number";

export const command = defineCommand({
  words: "FROM TO",
  flags: {
    ...appFlag,
    ...jsonFlag,
    reveal: { type: "boolean", about: "show the values of config vars" },
  },
  about:
    "What changed between two releases: image, commits, process types, health checks, schedule and config vars (values masked).",
  async run(session, [from = "", to = ""], flags) {
    const query = `to=${versionNumber(to)}${flags.reveal ? "&reveal=1" : ""}`;
    const path = appPath(await session.app(), `/releases/${versionNumber(from)}/diff?${query}`);
    const diff = await session.api.get<ReleaseDiffView>(path);
    if (flags.json) return session.printJson(diff);
    const { image, commits } = diff;
    session.print(
      `=== v${diff.from}..v${diff.to}`,
      "",
      commits ? `Commits: ${commits.from ?? "none"}..${commits.to ?? "none"}` : "Commits: the same",
      image ? `Image: ${image.from ?? "none"} -> ${image.to ?? "none"}` : "Image: the same",
      ...section("Process types", diff.processTypes, ": "),
      ...section("Health checks", diff.healthChecks, ": "),
      ...section("Schedule", diff.cron, ": "),
      ...section("Config vars", diff.config, "="),
    );
  },
});

type Changes = ReleaseDiffView["config"];

/** As diff does it: what goes with `-`, what comes with `+`. */
function section(title: string, changes: Changes, between: string): string[] {
  const lines = changes.flatMap(({ name, from, to }) => [
    ...(from === null ? [] : [`- ${name}${between}${from}`]),
    ...(to === null ? [] : [`+ ${name}${between}${to}`]),
  ]);
  return lines.length === 0 ? [`${title}: the same`] : ["", `=== ${title}`, "", ...lines];
}
