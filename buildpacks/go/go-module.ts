import semver from "semver";
import { PaasError } from "../../core/error";
import type { SourceView } from "../buildpack";
import type { Constraint } from "../runtime/offers";

/** What go.mod and the layout of the files say. */
export interface GoModule {
  constraint: Constraint | null;
  /** Packages to build, e.g. ./cmd/web; "./..." for all of them. */
  packages: string[];
  vendored: boolean;
  /** Names of the programs that come out, those of the root first. */
  programs: string[];
}

/** Throws `build_failed` when go.mod cannot be used. */
export function goModule({ files, texts }: SourceView): GoModule {
  const text = texts.get("go.mod");
  const module = /^\s*module\s+"?([\w./~-]+)"?/m.exec(text ?? "")?.[1];
  if (text === undefined || module === undefined)
    throw new PaasError(
      "build_failed",
      'go.mod names no module: its first line is for example "module example.org/shop".',
    );
  const packages = packagesIn(text);
  return {
    constraint: constraintOf(text),
    packages,
    vendored: files.has("vendor/modules.txt"),
    programs: programsOf(packages, programPaths(files, texts), module),
  };
}

/** `go` and `toolchain` lines are lower bounds: Go builds older code as it was meant. */
function constraintOf(text: string): Constraint | null {
  const [, version] = /^\s*go\s+(\d+\.\d+(?:\.\d+)?)/m.exec(text) ?? [];
  const lower = semver.coerce(version);
  if (version === undefined || !lower) return null;
  return { range: `>=${lower.version} <2`, reason: `go.mod: go ${version}` };
}

/** Heroku's way to say which: `// +heroku install ./cmd/a ./cmd/b`. */
function packagesIn(text: string): string[] {
  const said = /^\s*\/\/\s*\+heroku\s+install\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const plain = said.filter((word) => /^\.[\w./-]*$/.test(word));
  return plain.length > 0 ? plain : ["./..."];
}

/** Where programs usually lie: at the root, and in cmd/. */
function programPaths(files: ReadonlySet<string>, texts: ReadonlyMap<string, string>): string[] {
  const commands = [...files].flatMap((path) => /^(cmd\/[\w.-]+)\/[^/]+\.go$/.exec(path)?.[1] ?? []);
  return [...(isProgram(texts.get("main.go")) ? ["."] : []), ...commands.sort().map((path) => `./${path}`)];
}

/** Those of the packages that are built, named as the go command does: after the last element of a path, or the one before a /v2. */
function programsOf(packages: string[], paths: string[], module: string): string[] {
  const within = (path: string, pattern: string): boolean =>
    pattern.endsWith("/...") ? `${path}/`.startsWith(pattern.slice(0, -"...".length)) : path === pattern;
  const said = packages.filter((path) => !path.endsWith("..."));
  const built = [...paths, ...said].filter((path) => packages.some((pattern) => within(path, pattern)));
  const root = module.split("/").filter((element) => !/^v\d+$/.test(element));
  return [
    ...new Set(built.map((path) => (path === "." ? root : path.split("/")).filter(Boolean).at(-1) ?? module)),
  ];
}

const isProgram = (text: string | undefined): boolean => /^\s*package\s+main\b/m.test(text ?? "");

/** The one that is the web process when nobody says it: the only one, the root's, or one of a telling name. */
export function webProgram({ programs }: GoModule): string | null {
  const telling = ["web", "server", "api", "app"].find((name) => programs.includes(name));
  return (programs.length === 1 ? programs[0] : telling) ?? null;
}
