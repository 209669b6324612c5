import semver from "semver";
import type { ToolWish } from "../buildpack";
import { checkedRange, type PackageJson } from "./package-json";

/** What runs an app that names no version. */
export const defaultNodeMajor = 24;

/** The npm each Node.js major goes with, from the last release that shipped with it; newer majors take the newest row. */
const npmOfNode: ReadonlyArray<readonly [sinceMajor: number, npm: string]> = [
  [24, "11.12.1"],
  [20, "10.9.4"],
  [18, "10.8.2"],
  [16, "8.19.4"],
  [0, "6.14.18"],
];

/** Which Node.js: `engines.node`, else the default. */
export function nodeWish(pkg: PackageJson): ToolWish {
  const range = pkg.engines?.node;
  if (range === undefined || range.trim() === "")
    return {
      tool: "node",
      range: `${defaultNodeMajor}.x`,
      preferEvenMajor: true,
      reason: "the default; package.json has no engines.node",
    };
  return {
    tool: "node",
    range: checkedRange(range, "engines.node"),
    preferEvenMajor: true,
    reason: `engines.node ${JSON.stringify(range)}`,
  };
}

/** Which npm: `packageManager`, `engines.npm`, else the one that goes with the Node.js version. */
export function npmWish(pkg: PackageJson, nodeVersion: string): ToolWish {
  const pinned = /^npm@(\d+\.\d+\.\d+[\w.-]*)/.exec(pkg.packageManager ?? "")?.[1];
  if (pinned)
    return {
      tool: "npm",
      range: checkedRange(pinned, "packageManager"),
      preferEvenMajor: false,
      reason: "packageManager",
    };
  const range = pkg.engines?.npm;
  if (range !== undefined && range.trim() !== "")
    return {
      tool: "npm",
      range: checkedRange(range, "engines.npm"),
      preferEvenMajor: false,
      reason: `engines.npm ${JSON.stringify(range)}`,
    };
  const major = semver.major(nodeVersion);
  const npm = npmOfNode.find(([since]) => major >= since)?.[1] ?? "10.9.4";
  return { tool: "npm", range: npm, preferEvenMajor: false, reason: `goes with Node.js ${major}` };
}
