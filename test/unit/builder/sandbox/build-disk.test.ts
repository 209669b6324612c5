import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildDisk } from "../../../../builder/sandbox/build-disk";

const mb = 2 ** 20;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "paas-build-disk-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(directory: string, file: string, bytes: number): string {
  const path = join(root, directory);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, file), Buffer.alloc(bytes, 1));
  return path;
}
const countMb = async (disk: BuildDisk): Promise<number> => Math.round((await disk.count()) / mb);

test("layers add up, and one whose step is over counts as it was then", async () => {
  const disk = new BuildDisk();
  const one = write("one", "a", 2 * mb);
  disk.addLayer(one);
  expect(await countMb(disk)).toBe(2);
  write("one", "b", mb);
  disk.endLayer(one);
  disk.addLayer(write("two", "a", mb));
  expect(await countMb(disk)).toBe(4);
  rmSync(one, { recursive: true });
  expect(await countMb(disk)).toBe(4);
});

test("of a cache only what this build added counts, and what it took away does not count against its layers", async () => {
  const disk = new BuildDisk();
  const cache = write("cache", "of an earlier build", 8 * mb);
  disk.addCache(cache);
  expect(await countMb(disk)).toBe(0);
  write("cache", "new", 3 * mb);
  disk.addCache(cache);
  expect(await countMb(disk)).toBe(3);
  rmSync(join(cache, "of an earlier build"));
  disk.addLayer(write("layer", "a", mb));
  expect(await countMb(disk)).toBe(1);
});
