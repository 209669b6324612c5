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
  return {
    constraint: constraintOf(text),
    packages: packagesIn(text),
    vendored: files.has("vendor/modules.txt"),
    programs: programsOf(files, texts, module),
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

/** As the go command names them: after the last element of a package's path, or the one before a /v2. */
function programsOf(
  files: ReadonlySet<string>,
  texts: ReadonlyMap<string, string>,
  module: string,
): string[] {
  const elements = module.split("/").filter((element) => !/^v\d+$/.test(element));
  const root = isProgram(texts.get("main.go")) ? [elements.at(-1) ?? module] : [];
  const commands = [...files].flatMap((path) => /^cmd\/([\w.-]+)\/[^/]+\.go$/.exec(path)?.[1] ?? []);
  return [...new Set([...root, ...commands.sort()])];
}

const isProgram = (text: string | undefined): boolean => /^\s*package\s+main\b/m.test(text ?? "");

/** The one that is the web process when nobody says it: the only one, the root's, or one of a telling name. */
export function webProgram({ programs }: GoModule): string | null {
  const telling = ["web", "server", "api", "app"].find((name) => programs.includes(name));
  return (programs.length === 1 ? programs[0] : telling) ?? null;
}
