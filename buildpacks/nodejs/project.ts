import { PaasError } from "../../core/error";
import type { SourceView, Tool, ToolWish } from "../buildpack";
import { sourceBelow } from "../source-below";
import { chooseManager, lockfileOf, type Manager, type NodeProject, versionOf } from "./manager";
import { bun } from "./managers/bun";
import { npm } from "./managers/npm";
import { pnpm } from "./managers/pnpm";
import { yarn } from "./managers/yarn";
import { parsePackageJson } from "./package-json";
import { managerWish, npmOf } from "./versions";

/** npm is the one for apps that say nothing. */
const managers: Manager[] = [npm, yarn, pnpm, bun];

export const projectReads = ["package.json", ".nvmrc", ".node-version"];
/** Lock files can be long; their beginning says who wrote them. */
export const projectReadsHead = managers.flatMap(({ lockfiles }) => lockfiles);

/** Throws `build_failed` when package.json cannot be used. */
export function projectOf(source: SourceView, tools: Tool[] = []): NodeProject {
  const text = source.texts.get("package.json");
  if (text === undefined) throw new PaasError("build_failed", "package.json is not a regular file.");
  const pkg = parsePackageJson(text);
  const manager = chooseManager(managers, pkg, source.names);
  const lockfile = lockfileOf(manager, source.names);
  const project = { pkg, source, manager, lockfile, version: versionOf(tools, manager.name) };
  const { member } = source;
  return member === undefined ? project : { ...project, member: memberOf(project, member) };
}

function memberOf(project: NodeProject, path: string): { path: string; project: NodeProject } {
  const source = sourceBelow(project.source, path);
  return {
    path,
    project: { ...project, source, pkg: parsePackageJson(source.texts.get("package.json") ?? "") },
  };
}

/** Which release of its package manager a project wants, given its Node.js. */
export function wishOfManager({ pkg, source, manager }: NodeProject, nodeVersion: string): ToolWish {
  const usual = { npm: () => npmOf(nodeVersion), yarn: yarnOf, pnpm: pnpmOf, bun: bunOf }[manager.name];
  return managerWish(manager.name, pkg, usual(source));
}

/** Since version 12 pnpm is a program of the machine's own, in a package beside the one that has its name. */
export function wishOfPnpmExe(tools: Tool[]): ToolWish[] {
  const pnpm = versionOf(tools, "pnpm");
  if (pnpm === null || pnpm.major < 12) return [];
  const reason = `goes with pnpm ${pnpm.major}`;
  return [{ tool: "pnpm-exe", range: pnpm.version, preferEvenMajor: false, reason }];
}

/** Berry writes its settings and its lock file in another form than Yarn 1. */
function yarnOf({ names, texts }: SourceView): { range: string; reason: string } {
  const berry = names.has(".yarnrc.yml") || /^__metadata:/m.test(texts.get("yarn.lock") ?? "");
  return berry
    ? { range: "4.x", reason: "the form of yarn.lock" }
    : { range: "1.x", reason: "the form of yarn.lock" };
}

function pnpmOf({ texts }: SourceView): { range: string; reason: string } {
  const form = /^lockfileVersion: '?(\d+)/m.exec(texts.get("pnpm-lock.yaml") ?? "")?.[1];
  const range = { "5": "7.x", "6": "8.x" }[form ?? ""] ?? "10.x";
  return { range, reason: form === undefined ? "the default" : `lockfileVersion ${form}` };
}

const bunOf = (): { range: string; reason: string } => ({ range: "1.x", reason: "the default" });

/** Files the manager reads to install, those that are there. */
export const manifestsOf = ({ manager, source }: NodeProject): string[] =>
  ["package.json", ...manager.lockfiles, ...manager.manifests].filter((name) => source.files.has(name));

/** Heroku's names count too: `heroku-postbuild` replaces `build`. */
export function buildScripts({ pkg }: NodeProject): string[] {
  const build = pkg.scripts?.["heroku-postbuild"] ? "heroku-postbuild" : "build";
  return pkg.scripts?.[build] ? [build] : [];
}

/** Heroku's name for what runs before the installation. */
export const prebuildScript = "heroku-prebuild";
const installScripts = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
];

/** Whether installing reads more than the manifests: its own install scripts, a native addon, workspaces, packages by path. */
export function installsFromSource({ pkg, source }: NodeProject): boolean {
  if (pkg.scripts?.[prebuildScript] !== undefined) return true;
  if (source.names.has("binding.gyp") || pkg.workspaces !== undefined) return true;
  if (source.names.has("pnpm-workspace.yaml")) return true;
  if (installScripts.some((script) => pkg.scripts?.[script] !== undefined)) return true;
  const versions = [pkg.dependencies, pkg.devDependencies, pkg.optionalDependencies].flatMap((all) =>
    Object.values(all ?? {}),
  );
  return versions.some((version) => /^(file:|link:|portal:|workspace:|\.{0,2}\/|~\/)/.test(version));
}
