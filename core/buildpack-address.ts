import { invalid } from "./error";

/** Where a buildpack of others lies. In a `login` and in a query, `$NAME` stands for the build config of that name. */
export type BuildpackAddress =
  /** `ref`: a branch, a tag or a commit; null: what the repository's HEAD points to. */
  | { from: "git"; url: string; ref: string | null; login?: string }
  | { from: "tarball"; url: string; login?: string }
  /** A git repository, a directory or a tarball of the builder's machine. */
  | { from: "file"; path: string; ref: string | null };

/** Characters that mean nothing to a shell, to git or to a Dockerfile. */
const plainAddress = /^(?:https?|git):\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9._~%@:+/-]+$/;
const plainPath = /^(?:\/[A-Za-z0-9_~@+-][A-Za-z0-9._~@:+-]*)+$/;
const plainRef = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/;
const isTarball = (path: string): boolean => /\.(?:tgz|tar\.gz|tar)$/.test(path);

/** Reads the address of a buildpack; null when it is none. Throws `invalid` for one that cannot be used; never repeats it. */
export function parseAddress(text: string): BuildpackAddress | null {
  if (/^(?:ssh:|[\w.-]+@[\w.-]+:)/.test(text))
    throw invalid("Builds have no SSH keys: write the buildpack's https:// address.");
  const [, protocol, login, rest] = /^([a-z]+:)\/\/(?:([^/?#]*)@)?(.*)$/s.exec(text) ?? [];
  if (protocol === undefined || !URL.canParse(`${protocol}//${rest}`)) return null;
  const url = new URL(`${protocol}//${rest}`);
  const [ref, { search }] = [url.hash.slice(1), url];
  url.hash = "";
  if (protocol === "file:") return file(url, login, ref);
  url.search = "";
  if (!plainAddress.test(url.href)) return null;
  const known = login === undefined ? {} : { login: checkedLogin(login, protocol) };
  if (isTarball(url.pathname)) return { ...tarball(url, search, ref), ...known };
  if (search !== "") throw invalid("A git repository's address must not hold a question mark.");
  return { from: "git", url: url.href, ref: checkedRef(ref), ...known };
}

function tarball({ protocol, href }: URL, search: string, ref: string): { from: "tarball"; url: string } {
  if (ref !== "") throw invalid("A tarball is what it is: write its address without #.");
  if (protocol === "git:") throw invalid("A tarball is fetched by https:// or http://.");
  return { from: "tarball", url: href + checkedQuery(search) };
}

function file({ hostname, pathname, search }: URL, login: string | undefined, ref: string): BuildpackAddress {
  if (hostname !== "" || login !== undefined || search !== "" || !plainPath.test(pathname))
    throw invalid(
      "Write the path of a buildpack on the machine as file:///path/of/buildpack, without special characters.",
    );
  if (isTarball(pathname) && ref !== "")
    throw invalid("A tarball is what it is: write its address without #.");
  return { from: "file", path: pathname, ref: checkedRef(ref) };
}

function checkedRef(ref: string): string | null {
  if (ref !== "" && (!plainRef.test(ref) || /\.\.|\/\/|\/$|\.lock$/.test(ref)))
    throw invalid("What follows # must be a branch, a tag or a commit.");
  return ref || null;
}

/** `$TOKEN`, `$USER:$PASSWORD`, `name:$TOKEN`, `$TOKEN:x-oauth-basic`. */
const safeLogin =
  /^(?:\$[A-Za-z_]\w*(?::(?:x-oauth-basic|\$[A-Za-z_]\w*)?)?|[A-Za-z0-9._-]+:\$[A-Za-z_]\w*)$/;

function checkedLogin(login: string, protocol: string): string {
  if (!safeLogin.test(login))
    throw invalid(
      `A buildpack's address must hold no password: ${everybodySees("https://$TOKEN@example.com/b.git")}`,
    );
  if (protocol === "git:")
    throw invalid("git:// knows no passwords: write the buildpack's https:// address.");
  return login;
}

const secretKey = /auth|cred|key|pass|secret|sig|token/i;
const safePair = /^(?:\$[A-Za-z_]\w*|([A-Za-z0-9._-]+)=(\$[A-Za-z_]\w*|[A-Za-z0-9._~%:/-]*))$/;

function checkedQuery(search: string): string {
  for (const pair of search === "" ? [] : search.slice(1).split("&")) {
    const [safe, key = "", value = ""] = safePair.exec(pair) ?? [];
    if (safe === undefined)
      throw invalid(
        "What follows the question mark must be name=value, joined by &, without special characters.",
      );
    if (secretKey.test(key) && !value.startsWith("$"))
      throw invalid(
        `A buildpack's address must hold no secret: ${everybodySees("https://example.com/b.tgz?token=$TOKEN")}`,
      );
  }
  return search;
}

const everybodySees = (example: string): string =>
  `everybody sees it who may see the app. Put it into config of builds (paas config:set --build TOKEN=...) and write '${example}'.`;
