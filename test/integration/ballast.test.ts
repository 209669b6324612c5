import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Ballast } from "../../supervisor/ballast";
import { SmallDisk } from "../support/small-disk";

const mebibyte = 2 ** 20;
let disk: SmallDisk;
beforeAll(async () => {
  disk = await SmallDisk.open(96);
});
afterAll(() => disk?.close());

test("it is made, given up when the disk is full, and made again when there is room", async () => {
  const path = join(disk.path, "ballast");
  const told: string[] = [];
  const ballast = new Ballast({ path, bytes: 16 * mebibyte, tell: (what) => told.push(what) });
  await ballast.look();
  expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(16 * mebibyte);

  await disk.fill(mebibyte);
  await ballast.look();
  expect(existsSync(path)).toBe(false);
  expect(disk.freeBytes).toBeGreaterThan(16 * mebibyte);
  await ballast.look();
  expect(existsSync(path)).toBe(false);

  disk.empty();
  await ballast.look();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(told).toEqual([
    "A ballast of 16 MiB was made",
    "The ballast of 16 MiB was released: the disk is full",
    "A ballast of 16 MiB was made",
  ]);
});
