import { buildpacks } from "../../../buildpacks/buildpacks";
import { changeBuildpacks } from "../../../core/buildpack-list";
import { buildpackText, configOf, parseBuildpack, platformBuildpacks } from "../../../core/buildpack-source";

const faultOf = (text: string): string => {
  try {
    return `took it: ${JSON.stringify(parseBuildpack(text))}`;
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

describe("what names a buildpack", () => {
  const git = (url: string, ref: string | null = null) => ({ from: "git", url, ref });
  test.each([
    ["heroku/nodejs", { from: "platform", name: "nodejs" }],
    ["heroku/gradle", { from: "platform", name: "java" }],
    ["static", { from: "platform", name: "static" }],
    ["inline", { from: "app" }],
    ["heroku-community/apt", git("https://github.com/heroku/heroku-buildpack-apt.git")],
    ["https://example.com/b.git", git("https://example.com/b.git")],
    ["https://example.com/b#v1.2/x", git("https://example.com/b", "v1.2/x")],
    ["git://example.com:9418/b", git("git://example.com:9418/b")],
    ["http://[::1]:80/b.tgz", { from: "tarball", url: "http://[::1]/b.tgz" }],
    ["https://$TOKEN@example.com/b.git", { ...git("https://example.com/b.git"), login: "$TOKEN" }],
    ["https://$A:x-oauth-basic@e.com/b#v1", { ...git("https://e.com/b", "v1"), login: "$A:x-oauth-basic" }],
    ["https://me:$TOKEN@e.com/b.tgz", { from: "tarball", url: "https://e.com/b.tgz", login: "me:$TOKEN" }],
    ["https://e.com/b.tgz?token=$T&raw=1", { from: "tarball", url: "https://e.com/b.tgz?token=$T&raw=1" }],
    ["https://e.com/b.tgz?$SIGNED", { from: "tarball", url: "https://e.com/b.tgz?$SIGNED" }],
    ["file:///srv/packs/b.git#v1", { from: "file", path: "/srv/packs/b.git", ref: "v1" }],
    ["file:///srv/packs/b.tgz", { from: "file", path: "/srv/packs/b.tgz", ref: null }],
    ["https://example.com/b.tar.gz", { from: "tarball", url: "https://example.com/b.tar.gz" }],
  ])("%s", (text, source) => expect(parseBuildpack(text)).toEqual(source));

  test.each([
    ["https://me:$TOKEN@e.com/b.tgz?token=$OTHER&a=1", ["TOKEN", "OTHER"]],
    ["https://e.com/b.git", []],
    ["file:///srv/b", []],
    ["nodejs", []],
  ])("%s wants the config %j, and is written as it was", (text, names) => {
    const source = parseBuildpack(text);
    expect(configOf(source)).toEqual(names);
    expect(buildpackText(source)).toBe(text);
  });

  test.each([
    ["https://user:hunter2@example.com/b.git", "no password"],
    ["https://hunter2@example.com/b.git", "no password"],
    ["https://me:$TOKEN@hunter2@example.com/b.git", "no password"],
    ["https://hunter2:x-oauth-basic@example.com/b.git", "no password"],
    ["https://$TOKEN:hunter2@example.com/b.git", "no password"],
    ["https://$(hunter2)@example.com/b.git", "no password"],
    ["git://me:$TOKEN@example.com/b.git", "knows no passwords"],
    ["https://example.com/b.git?hunter2", "question mark"],
    ["https://example.com/b.tgz?token=hunter2", "no secret"],
    ["https://example.com/b.tgz?hunter2", "name=value"],
    ["https://example.com/b.tgz?a=$(hunter2)", "name=value"],
    ["file://hunter2/etc", "file:///path"],
    ["file:///srv/$(hunter2)", "file:///path"],
    ["file:///srv/.hunter2", "file:///path"],
    ["https://example.com/b.tgz#v1", "without #"],
    ["git@github.com:owner/b.git", "no SSH keys"],
    ["ssh://git@github.com/owner/b.git", "no SSH keys"],
    ["ext::sh -c hunter2", "names no buildpack"],
    ["--upload-pack=hunter2", "names no buildpack"],
    ["/etc/passwd", "names no buildpack"],
    ["owner/unknown", "names no buildpack"],
    ["https://example.com/b'; hunter2 '", "names no buildpack"],
    ["https://example.com/$(hunter2)", "names no buildpack"],
    ["https://example.com", "names no buildpack"],
    ["https://example.com/b#--hunter2", "a branch, a tag or a commit"],
    ["https://example.com/b#a..b", "a branch, a tag or a commit"],
    ["https://example.com/b#a'b", "a branch, a tag or a commit"],
    [`https://example.com/${"b".repeat(500)}`, "at most 500"],
  ])("%s is refused", (text, word) => {
    expect(faultOf(text)).toContain(word);
    expect(faultOf(text)).not.toContain("hunter2");
  });

  test("the platform's own are all there, under their names", () => {
    const names = [...new Set(buildpacks.map(({ name }) => name))];
    expect([...platformBuildpacks].sort()).toEqual(names.sort());
    for (const name of names) expect(buildpackText(parseBuildpack(name))).toBe(name);
  });
});

describe("the list of an app", () => {
  const [a, b, c] = ["https://example.com/a", "https://example.com/b", "https://example.com/c"];
  test.each([
    ["at the end", { act: "add", buildpack: c } as const, [a, b, c]],
    ["before another", { act: "add", buildpack: c, index: 1 } as const, [c, a, b]],
    ["far behind", { act: "add", buildpack: c, index: 9 } as const, [a, b, c]],
    ["for the first", { act: "set", buildpack: c } as const, [c, b]],
    ["for another", { act: "set", buildpack: c, index: 2 } as const, [a, c]],
    ["away by name", { act: "remove", buildpack: a } as const, [b]],
    ["away by place", { act: "remove-at", index: 2 } as const, [a]],
    ["all away", { act: "clear" } as const, []],
  ])("%s", (_what, wish, next) => expect(changeBuildpacks([a, b], wish)).toEqual(next));

  test.each([
    [{ act: "add", buildpack: a } as const, "already set"],
    [{ act: "set", buildpack: "x y" } as const, "names no buildpack"],
    [{ act: "remove", buildpack: c } as const, "is not among them"],
    [{ act: "remove-at", index: 3 } as const, "no number 3"],
  ])("%j is refused", (wish, fault) => expect(() => changeBuildpacks([a, b], wish)).toThrow(fault));

  test("is not endless", () => {
    const many = Array.from({ length: 20 }, (_, at) => `https://example.com/${at}`);
    expect(() => changeBuildpacks(many, { act: "add", buildpack: a })).toThrow("At most 20");
  });
});
