import { countText, notCounted, phasesText } from "../../../core/receipt";
import type { BakeView, ReleaseView } from "../../../core/wire";
import { bakeFields, bakeText } from "../../bake-text";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";
import { columns, fields } from "../../table";
import { when } from "../../time";
import { wantedRelease } from "../../wanted-release";

export const command = defineCommand({
  words: "[VERSION]",
  flags: { ...appFlag, ...jsonFlag },
  about: "Without a version: the newest.",
  async run(session, [word], flags) {
    const app = await session.app();
    const version = await wantedRelease(session, app, word);
    const release = await session.api.get<ReleaseView>(appPath(app, `/releases/${version}`));
    if (flags.json) return session.printJson(release);
    const types = Object.entries(release.processTypes).map(([type, { command: line }]) => [
      `${type}:`,
      line ?? "(the image's own command)",
    ]);
    session.print(
      `=== Release v${release.version}${release.current ? " (current)" : ""}`,
      "",
      ...fields([
        ["Change", release.description],
        ["By", release.actor],
        ["When", when(release.createdAt, session.world.now())],
        ["State", release.failure === null ? release.state : `${release.state}: ${release.failure}`],
        ["Commit", release.commit ?? "none"],
        ...(release.command === null ? [] : [commandField(release)]),
        ["Config", release.configNames.join(", ") || "none"],
        ...(release.bake ? bakeRows(release.bake, session.world.now()) : []),
        ...receiptFields(release.receipt ?? null),
      ]),
      ...section("Process types", types),
      ...section("Health checks", named(release.healthChecks)),
      ...section("Schedule", named(release.cron)),
    );
  },
});

const section = (title: string, rows: string[][]): string[] =>
  rows.length > 0 ? ["", `=== ${title}`, "", ...columns(rows)] : [];

const named = (lines: Record<string, string>): string[][] =>
  Object.entries(lines).map(([name, line]) => [`${name}:`, line]);

function commandField({ version, command }: ReleaseView): [string, string] {
  const more = command === "unstarted" || command === "skipped" ? "" : `: paas releases:output v${version}`;
  return ["Release command", `${command}${more}`];
}

const bakeRows = (bake: BakeView, now: Date): [string, string][] => [
  ["Bake", bakeText(bake, now)],
  ...bakeFields(bake),
];

/** What the switch to it cost; nothing of a release that never took over. */
function receiptFields(receipt: NonNullable<ReleaseView["receipt"]> | null): [string, string][] {
  if (!receipt) return [];
  const count = receipt.count ? countText(receipt.count) : notCounted;
  return [
    ["Took", phasesText(receipt.phases) || "nothing was measured"],
    ["Switch", receipt.complete ? count : "what it replaced still drains"],
  ];
}
