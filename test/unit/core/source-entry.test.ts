import { invalid } from "../../../core/error";
import { type EntryHeader, entryCheck } from "../../../core/source-entry";

const limits = { maxBytes: 100, maxEntries: 5, maxPathBytes: 60 };
const header = (name: string, over: Partial<EntryHeader> = {}): EntryHeader => ({
  name,
  size: 0,
  type: "file",
  ...over,
});
const newCheck = () => entryCheck(limits, invalid);

it.each([
  ["a/b.txt", "a/b.txt"],
  ["./a//b/", "a/b"],
])("takes %s as %s", (name, path) => {
  expect(newCheck()(header(name))).toEqual({ path, type: "file" });
});

it("skips the root itself", () => {
  expect(newCheck()(header("./", { type: "directory" }))).toBeNull();
});

it.each([
  ["../x", /leaves the tree/],
  ["a/../../x", /leaves the tree/],
  ["/etc/passwd", /not relative/],
  ["a\0b", /not relative/],
  ["x".repeat(61), /too long/],
])("refuses %j", (name, message) => {
  expect(() => newCheck()(header(name))).toThrow(message);
});

it.each(["character-device", "block-device", "fifo", null])("refuses a %s", (type) => {
  expect(() => newCheck()(header("x", { type }))).toThrow(/neither a file/);
});

it.each([
  ["a hard link", { type: "link" }, /hard link/],
  ["a sparse file", { pax: { "GNU.sparse.major": "1" } }, /sparse/],
  ["a link that is too long", { type: "symlink", linkname: "x".repeat(4096) }, /leads to no place/],
  ["a link with a NUL in it", { type: "symlink", linkname: "a\0b" }, /leads to no place/],
  ["a size below nothing", { size: -1 }, /size that none can have/],
  ["a size that is no number", { size: Number.NaN }, /size that none can have/],
  ["a size beyond counting", { size: 2 ** 60 }, /size that none can have/],
])("refuses %s", (_what, over, message) => {
  expect(() => newCheck()(header("x", over))).toThrow(message);
});

it("refuses what lies behind a symbolic link of the same archive", () => {
  const check = newCheck();
  check(header("out", { type: "symlink" }));
  expect(() => check(header("out/passwd"))).toThrow(/behind a symbolic link/);
});

it("counts files and bytes", () => {
  const bytes = newCheck();
  bytes(header("a", { size: 60 }));
  expect(() => bytes(header("b", { size: 60 }))).toThrow(/larger than/);
  const entries = newCheck();
  for (let at = 0; at < 5; at += 1) entries(header(`f${at}`));
  expect(() => entries(header("one-more"))).toThrow(/more than 5 files/);
});
