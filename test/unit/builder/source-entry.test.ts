import type { Header } from "tar-stream";
import { entryCheck } from "../../../builder/source-entry";

const limits = { maxBytes: 100, maxEntries: 5, maxPathBytes: 60 };
const header = (name: string, over: Partial<Header> = {}): Header =>
  ({ name, size: 0, type: "file", ...over }) as Header;

it.each([
  ["a/b.txt", "a/b.txt"],
  ["./a//b/", "a/b"],
])("takes %s as %s", (name, path) => {
  expect(entryCheck(limits)(header(name))).toEqual({ path, type: "file" });
});

it("skips the root itself", () => {
  expect(entryCheck(limits)(header("./", { type: "directory" }))).toBeNull();
});

it.each([
  ["../x", /leaves the tree/],
  ["a/../../x", /leaves the tree/],
  ["/etc/passwd", /not relative/],
  ["a\0b", /not relative/],
  ["x".repeat(61), /too long/],
])("refuses %j", (name, message) => {
  expect(() => entryCheck(limits)(header(name))).toThrow(message);
});

it.each(["link", "character-device", "block-device", "fifo"] as const)("refuses a %s", (type) => {
  expect(() => entryCheck(limits)(header("x", { type }))).toThrow(/neither a file/);
});

it("refuses what lies behind a symbolic link of the same archive", () => {
  const check = entryCheck(limits);
  check(header("out", { type: "symlink", linkname: "/etc" }));
  expect(() => check(header("out/passwd"))).toThrow(/behind a symbolic link/);
});

it("counts files and bytes", () => {
  const bytes = entryCheck(limits);
  bytes(header("a", { size: 60 }));
  expect(() => bytes(header("b", { size: 60 }))).toThrow(/larger than/);
  const entries = entryCheck(limits);
  for (let at = 0; at < 5; at += 1) entries(header(`f${at}`));
  expect(() => entries(header("one-more"))).toThrow(/more than 5 files/);
});
