import { type BuildpackAddress, parseAddress } from "./buildpack-address";
import { invalid } from "./error";

/** Where a buildpack comes from that somebody named. */
export type BuildpackSource =
  /** One of the platform's own. */
  | { from: "platform"; name: string }
  /** The app itself: its bin/detect and bin/compile. */
  | { from: "app" }
  | BuildpackAddress;

/** Names that people know, and whose work one of the platform's own buildpacks does. */
const ownNames: Record<string, string> = {
  nodejs: "nodejs",
  deno: "deno",
  python: "python",
  ruby: "ruby",
  go: "go",
  php: "php",
  java: "java",
  gradle: "java",
  rust: "rust",
  static: "static",
};
export const platformBuildpacks: string[] = [...new Set(Object.values(ownNames))];

const maxLength = 500;
const shorthand = /^(?:(heroku|heroku-community)\/)?([a-z0-9-]+)$/;

/**
 * Reads what names a buildpack: `heroku/nodejs`, `nodejs`, `inline`, a git address with or without `#ref`, a tarball's address, or what
 * an operator has put on the machine. Throws `invalid` that says what to write; it never repeats an address, which may hold a password.
 */
export function parseBuildpack(text: string): BuildpackSource {
  if (text.length > maxLength) throw invalid(`A buildpack's address has at most ${maxLength} characters.`);
  if (text === "inline" || text === "heroku/inline") return { from: "app" };
  const [, owner, name = ""] = shorthand.exec(text) ?? [];
  const own = Object.hasOwn(ownNames, name) ? ownNames[name] : undefined;
  if (own !== undefined) return { from: "platform", name: own };
  if (owner !== undefined)
    return { from: "git", url: `https://github.com/heroku/heroku-buildpack-${name}.git`, ref: null };
  const address = parseAddress(text);
  if (address !== null) return address;
  throw invalid(
    "This names no buildpack: write a git address (https://example.com/buildpack.git#v1), the address of a .tgz, inline, or one of " +
      `${Object.keys(ownNames).join(", ")}.`,
  );
}

/** A source as people read it. */
export function buildpackText(source: BuildpackSource): string {
  switch (source.from) {
    case "platform":
      return source.name;
    case "app":
      return "inline";
    case "git":
      return withRef(withLogin(source), source.ref);
    case "tarball":
      return withLogin(source);
    case "file":
      return withRef(`file://${source.path}`, source.ref);
  }
}

const withRef = (address: string, ref: string | null): string =>
  ref === null ? address : `${address}#${ref}`;
const withLogin = ({ url, login }: { url: string; login?: string }): string =>
  login === undefined ? url : url.replace("://", `://${login}@`);

/** Names of the build config that it takes to fetch a source. */
export function configOf(source: BuildpackSource): string[] {
  if (source.from !== "git" && source.from !== "tarball") return [];
  return [...withLogin(source).matchAll(/\$(\w+)/g)].map((match) => match[1] ?? "");
}
