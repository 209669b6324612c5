import { invalid } from "./error";

/** Where a buildpack comes from that somebody named. */
export type BuildpackSource =
  /** One of the platform's own. */
  | { from: "platform"; name: string }
  /** The app itself: its bin/detect and bin/compile. */
  | { from: "app" }
  /** `ref`: a branch, a tag or a commit; null: what the repository's HEAD points to. */
  | { from: "git"; url: string; ref: string | null }
  | { from: "tarball"; url: string };

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
 * Reads what names a buildpack: `heroku/nodejs`, `nodejs`, `inline`, a git address with or without `#ref`, or a tarball's address.
 * Throws `invalid` that says what to write; it never repeats an address, which may hold a password.
 */
export function parseBuildpack(text: string): BuildpackSource {
  if (text.length > maxLength) throw invalid(`A buildpack's address has at most ${maxLength} characters.`);
  if (text === "inline" || text === "heroku/inline") return { from: "app" };
  const [, owner, name = ""] = shorthand.exec(text) ?? [];
  const own = Object.hasOwn(ownNames, name) ? ownNames[name] : undefined;
  if (own !== undefined) return { from: "platform", name: own };
  if (owner !== undefined)
    return { from: "git", url: `https://github.com/heroku/heroku-buildpack-${name}.git`, ref: null };
  return parseAddress(text);
}

/** Characters that mean nothing to a shell, to git or to a Dockerfile. */
const plainAddress = /^(?:https?|git):\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9._~%@:+/-]+$/;
const plainRef = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/;

function parseAddress(text: string): BuildpackSource {
  if (/^(?:ssh:|[\w.-]+@[\w.-]+:)/.test(text))
    throw invalid("Builds have no SSH keys: write the buildpack's https:// address.");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "file:")
    throw invalid("A build does not see this machine's files: write an address that it can fetch.");
  if (url === null || !["https:", "http:", "git:"].includes(url.protocol)) throw invalid(whatToWrite);
  if (url.username !== "" || url.password !== "")
    throw invalid(
      "A buildpack's address must hold no user name and no password: it is shown to everybody who may see the app.",
    );
  if (url.search !== "") throw invalid("A buildpack's address must not hold a question mark.");
  const ref = url.hash.slice(1);
  url.hash = "";
  const { href } = url;
  if (!plainAddress.test(href)) throw invalid(whatToWrite);
  if (/\.(?:tgz|tar\.gz|tar)$/.test(url.pathname)) return tarball(url, ref);
  if (ref !== "" && (!plainRef.test(ref) || /\.\.|\/\/|\/$|\.lock$/.test(ref)))
    throw invalid("What follows # must be a branch, a tag or a commit.");
  return { from: "git", url: href, ref: ref || null };
}

function tarball({ protocol, href }: URL, ref: string): BuildpackSource {
  if (ref !== "") throw invalid("A tarball is what it is: write its address without #.");
  if (protocol === "git:") throw invalid("A tarball is fetched by https:// or http://.");
  return { from: "tarball", url: href };
}

const whatToWrite =
  "This names no buildpack: write a git address (https://example.com/buildpack.git#v1), the address of a .tgz, inline, or one of " +
  `${Object.keys(ownNames).join(", ")}.`;

/** A source as people read it. */
export function buildpackText(source: BuildpackSource): string {
  switch (source.from) {
    case "platform":
      return source.name;
    case "app":
      return "inline";
    case "git":
      return source.ref === null ? source.url : `${source.url}#${source.ref}`;
    case "tarball":
      return source.url;
  }
}
