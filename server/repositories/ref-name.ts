import { invalid } from "../../core/error";

const idPattern = /^[a-z0-9]{1,64}$/;
const commitPattern = /^[0-9a-f]{40}$/;

export const noCommit = "0".repeat(40);

/** Checks an app id before it becomes a directory name. */
export function checkId(appId: string): string {
  if (!idPattern.test(appId)) throw invalid(`${JSON.stringify(appId)} is not an app id.`);
  return appId;
}

/** Checks a full commit id before it becomes an argument of git. */
export function checkCommit(commit: string): string {
  if (!commitPattern.test(commit))
    throw invalid(`${JSON.stringify(commit)} is not a full commit id (40 hexadecimal digits).`);
  return commit;
}

/** Checks a full ref name (git check-ref-format's rules) before it becomes an argument or a line of a ref transaction. */
export function checkRef(ref: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  const forbidden = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$/;
  if (!/^refs\/[^/.][^/]*\/[^/.]/.test(ref) || forbidden.test(ref))
    throw invalid(`${JSON.stringify(ref)} is not a full ref name such as refs/heads/main.`);
  return ref;
}
