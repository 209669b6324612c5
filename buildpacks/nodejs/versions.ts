import semver from "semver";
import { PaasError } from "../../core/error";
import type { SourceView, ToolWish } from "../buildpack";
import { versionRange } from "../runtime/offers";
import type { ManagerName } from "./manager";
import { checkedRange, type PackageJson } from "./package-json";

/** What runs an app that names no version. */
const defaultNodeMajor = 24;

/** The npm each Node.js major goes with, from the last release that shipped with it; newer majors take the newest row. */
const npmOfNode: ReadonlyArray<readonly [sinceMajor: number, npm: string]> = [
  [24, "11.12.1"],
  [20, "10.9.4"],
  [18, "10.8.2"],
  [16, "8.19.4"],
  [0, "6.14.18"],
];

/** nvm's names of the long-term lines. */
const longTermNames: Record<string, number> = { gallium: 16, hydrogen: 18, iron: 20, jod: 22, krypton: 24 };

/** Which Node.js: `engines.node`, .nvmrc, .node-version, else the default. */
export function nodeWish(pkg: PackageJson, { texts }: Pick<SourceView, "texts">): ToolWish {
  const range = pkg.engines?.node;
  if (range !== undefined && range.trim() !== "")
    return wish("node", checkedRange(range, "engines.node"), `engines.node ${JSON.stringify(range)}`);
  for (const file of [".nvmrc", ".node-version"]) {
    const text = texts.get(file)?.replace(/#.*/, "").trim();
    if (text) return wish("node", fileRange(file, text), `${file} ${JSON.stringify(text)}`);
  }
  return wish("node", `${defaultNodeMajor}.x`, "the default; package.json has no engines.node");
}

function fileRange(file: string, text: string): string {
  const name = text.toLowerCase();
  if (["node", "stable", "latest", "lts/*", "lts"].includes(name)) return `${defaultNodeMajor}.x`;
  const major = longTermNames[name.replace(/^lts\//, "")];
  const range = major === undefined ? versionRange(text) : `${major}.x`;
  if (range !== null) return range;
  throw new PaasError(
    "build_failed",
    `${file} ${JSON.stringify(text.slice(0, 60))} is not a version. Write for example 24 or v24.9.0.`,
  );
}

/** Which release of the package manager: `packageManager`, `engines`, else what `usual` says. */
export function managerWish(
  tool: ManagerName,
  pkg: PackageJson,
  usual: { range: string; reason: string },
): ToolWish {
  const pinned = new RegExp(`^${tool}@(\\d+\\.\\d+\\.\\d+[\\w.-]*)`).exec(pkg.packageManager ?? "")?.[1];
  if (pinned) return wish(tool, checkedRange(pinned, "packageManager"), "packageManager");
  const range = pkg.engines?.[tool];
  if (range !== undefined && range.trim() !== "")
    return wish(tool, checkedRange(range, `engines.${tool}`), `engines.${tool} ${JSON.stringify(range)}`);
  return wish(tool, usual.range, usual.reason);
}

export function npmOf(nodeVersion: string): { range: string; reason: string } {
  const major = semver.major(nodeVersion);
  const npm = npmOfNode.find(([since]) => major >= since)?.[1] ?? "10.9.4";
  return { range: npm, reason: `goes with Node.js ${major}` };
}

const wish = (tool: ToolWish["tool"], range: string, reason: string): ToolWish => ({
  tool,
  range,
  preferEvenMajor: tool === "node",
  reason,
});
