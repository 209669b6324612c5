import dockerIgnore from "@balena/dockerignore";

/** What a `.dockerignore` leaves out, as Docker does it: patterns in order, `!` takes back. Without one, nothing. */
export function ignoreRule(text: string | undefined): (path: string) => boolean {
  if (text === undefined) return () => false;
  const rules = dockerIgnore({ ignorecase: false }).add(text.replace(/^\uFEFF/, ""));
  return (path) => rules.ignores(path);
}
