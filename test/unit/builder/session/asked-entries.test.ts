import { contextEntry } from "../../../../builder/image/build-context";
import type { ContextEntry } from "../../../../builder/image/context-entry";
import { askedEntries } from "../../../../builder/image/session/asked-entries";
import { listing } from "../../../../builder/image/session/listing";

const files = (...names: string[]): ContextEntry[] => names.map((name) => contextEntry({ name, text: name }));
const link = (path: string, linkname: string): ContextEntry => ({
  ...contextEntry({ name: path, text: "" }),
  type: "symlink",
  linkname,
});
const paths = (entries: ContextEntry[]): string[] => entries.map(({ path }) => path);

const all = files("Dockerfile", "src/main.js", "src/lib/a.js", "srcs", "docs/readme");

test.each([
  [
    ["/src/", "./Dockerfile"],
    ["Dockerfile", "src/main.js", "src/lib/a.js"],
  ],
  [["src/lib"], ["src/lib/a.js"]],
  [[".dockerignore"], []],
])("of followed paths %j only what is on them", (follow, expected) => {
  expect(paths(askedEntries(all, follow))).toEqual(expected);
});

test.each([[[]], [["*.js"]], [["."]], [["src/../docs"]], [["link/main.js"]], [["link"]]])(
  "all of it for %j, which is not for us to follow",
  (follow) => {
    const entries = [...all, link("link", "src")];
    expect(askedEntries(entries, follow)).toBe(entries);
  },
);

test("directories come before what is in them, and a slash before any other byte of a name", () => {
  expect(paths(listing(files("a/b/c", "a.txt", "a/b-c", "a/\u{1F600}", "a/\uFFEE", "a")))).toEqual([
    "a",
    "a/b",
    "a/b/c",
    "a/b-c",
    "a/\uFFEE",
    "a/\u{1F600}",
    "a.txt",
  ]);
});
