import semver from "semver";
import { PaasError } from "../../core/error";
import type { Cache, RunStep } from "../build-plan";
import type { SourceView, Tool } from "../buildpack";
import type { PackageJson } from "./package-json";

export type ManagerName = "npm" | "yarn" | "pnpm" | "bun";

/** How one package manager works on a project. */
export interface Manager {
  name: ManagerName;
  lockfiles: string[];
  /** Files it reads to install, beside package.json and its lock file ... */
  manifests: string[];
  /** ... and directories. */
  directories: string[];
  /** What it and node-gyp see while they work. */
  environment(project: NodeProject): Record<string, string>;
  /** `dev`: with dev dependencies. */
  install(project: NodeProject, dev: boolean): { said: string; command: string };
  /** Takes the dev dependencies away again; null when it cannot. */
  prune(project: NodeProject): string | null;
}

/** What the source says about how it is built. */
export interface NodeProject {
  pkg: PackageJson;
  source: SourceView;
  manager: Manager;
  /** The lock file it works by, if there is one. */
  lockfile: string | null;
  /** Of the manager that will work on it; null while that is not known. */
  version: semver.SemVer | null;
  /** The package that is the app, where the project is a workspace. */
  member?: { path: string; project: NodeProject };
}

/** What says how the app is started: the project itself, or its package that is the app. */
export const appOf = (project: NodeProject): NodeProject => project.member?.project ?? project;

const caches = [{ name: "npm", path: "/var/cache/npm" }];

/** Which one: `packageManager`, else the lock file that is there, else npm. Throws `build_failed` when the two contradict. */
export function chooseManager(managers: Manager[], pkg: PackageJson, names: ReadonlySet<string>): Manager {
  const locked = managers.filter(({ lockfiles }) => lockfiles.some((name) => names.has(name)));
  const said = /^(\w+)@/.exec(pkg.packageManager ?? "")?.[1];
  const manager = managers.find(({ name }) => name === said);
  if (pkg.packageManager !== undefined && !manager)
    throw new PaasError(
      "build_failed",
      `package.json: packageManager ${JSON.stringify(pkg.packageManager.slice(0, 60))} is none of ${managers.map(({ name }) => name).join(", ")}. Write for example "pnpm@10.1.0".`,
    );
  if (manager && locked.length > 0 && !locked.includes(manager))
    throw new PaasError(
      "build_failed",
      `package.json says packageManager ${manager.name}, but the lock file is ${lockfileOf(locked[0], names)}: remove one of the two, or commit ${manager.lockfiles[0]}.`,
    );
  const [first, second] = locked;
  if (!manager && second)
    throw new PaasError(
      "build_failed",
      `There are lock files of two package managers, ${lockfileOf(first, names)} and ${lockfileOf(second, names)}: remove one, or say packageManager in package.json.`,
    );
  return manager ?? first ?? (managers[0] as Manager);
}

export const lockfileOf = (manager: Manager | undefined, names: ReadonlySet<string>): string | null =>
  manager?.lockfiles.find((name) => names.has(name)) ?? null;

export const versionOf = (tools: Tool[], name: ManagerName): semver.SemVer | null =>
  semver.parse(tools.find(({ tool }) => tool === name)?.version ?? "");

export const runStep = (title: string, command: string, more: Cache[] = []): RunStep => ({
  do: "run",
  title,
  command,
  caches: [...caches, ...more],
});
