import semver from "semver";
import { PaasError } from "../../core/error";
import type { SourceView, Tool } from "../buildpack";
import { type PackageJson, parsePackageJson } from "./package-json";

/** What the source says about how npm has to work on it. */
export interface NpmProject {
  pkg: PackageJson;
  names: ReadonlySet<string>;
  /** Files npm reads to install, those that are there. */
  manifests: string[];
  /** Of the npm that will work on it; null while that is not known. */
  npmMajor: number | null;
}

const lockfiles = ["package-lock.json", "npm-shrinkwrap.json"];

/** Throws `build_failed` when package.json cannot be used. */
export function projectOf(source: SourceView, tools: Tool[] = []): NpmProject {
  const text = source.texts.get("package.json");
  if (text === undefined) throw new PaasError("build_failed", "package.json is not a regular file.");
  const manifests = ["package.json", ...lockfiles, ".npmrc"].filter((name) => source.names.has(name));
  const npm = tools.find(({ tool }) => tool === "npm");
  return {
    pkg: parsePackageJson(text),
    names: source.names,
    manifests,
    npmMajor: npm ? semver.major(npm.version) : null,
  };
}

export const lockfileOf = (project: NpmProject): string | undefined =>
  lockfiles.find((name) => project.names.has(name));

/** Heroku's names count too: `heroku-postbuild` replaces `build`. */
export function buildScripts({ pkg }: NpmProject): string[] {
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
export function installsFromSource({ pkg, names }: NpmProject): boolean {
  if (pkg.scripts?.[prebuildScript] !== undefined) return true;
  if (names.has("binding.gyp") || pkg.workspaces !== undefined) return true;
  if (installScripts.some((script) => pkg.scripts?.[script] !== undefined)) return true;
  const versions = [pkg.dependencies, pkg.devDependencies, pkg.optionalDependencies].flatMap((all) =>
    Object.values(all ?? {}),
  );
  return versions.some((version) => /^(file:|link:|\.{0,2}\/|~\/)/.test(version));
}
