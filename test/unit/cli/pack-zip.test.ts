import { execFileSync } from "node:child_process";
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { isZip, packZip } from "../../../cli/upload/pack-zip";
import { stdinArchive } from "../../../cli/upload/stdin-archive";

let directory: string;
let archive: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "paas-zip-"));
  archive = join(directory, "app.zip");
  mkdirSync(join(directory, "app/src"), { recursive: true });
  mkdirSync(join(directory, "app/__MACOSX"));
  writeFileSync(join(directory, "app/__MACOSX/._run"), "");
  writeFileSync(join(directory, "app/src/index.js"), "x".repeat(10_000));
  writeFileSync(join(directory, "app/run"), "run");
  writeFileSync(join(directory, "app/empty"), "");
  chmodSync(join(directory, "app/run"), 0o755);
  symlinkSync("/data", join(directory, "app/link"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Git makes zips with modes and links. */
function zip(): void {
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words], {
      cwd: join(directory, "app"),
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message=one");
  git("archive", "--format=zip", `--output=${archive}`, "HEAD");
}

async function read(packing = packZip(archive)): Promise<string[]> {
  const extract = tar.extract();
  const zipped = await packing;
  const unzipped = zipped.pipe(createGunzip());
  zipped.on("error", (error) => extract.destroy(error));
  unzipped.pipe(extract);
  const seen: string[] = [];
  for await (const entry of extract) {
    const { name, mode, linkname } = entry.header;
    seen.push(`${name} ${linkname ?? (mode ?? 0).toString(8)} ${(await text(entry)).length}`);
  }
  return seen.sort();
}

/** The same archive with another name in it, as long as the one it replaces. */
function rename(from: string, to: string): void {
  const bytes = readFileSync(archive, "latin1").replaceAll(from, to);
  writeFileSync(archive, bytes, "latin1");
}

test("files, their modes and links go on as a tar; what macOS adds stays out", async () => {
  zip();
  expect(await isZip(archive)).toBe(true);
  expect(await read()).toEqual(["empty 644 0", "link /data 0", "run 755 3", "src/index.js 644 10000"]);
});

test.each([
  [
    "a path that leaves the tree",
    "src/index.js",
    "../../index.j",
    /cannot be read as a zip archive \(invalid relative path/,
  ],
  ["an absolute path", "src/index.js", "/etc/passwd2", /cannot be read as a zip archive \(absolute path/],
  ["a file behind a link", "src/index.js", "link/ndex.js", /lies behind a symbolic link/],
])("%s is refused", async (_what, from, to, fault) => {
  zip();
  rename(from, to.slice(0, from.length));
  await expect(read()).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(fault) });
});

test("what is no whole zip archive is told", async () => {
  zip();
  writeFileSync(archive, readFileSync(archive).subarray(0, 200));
  await expect(packZip(archive)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/^app\.zip cannot be read as a zip archive/),
  });
  writeFileSync(archive, "tar");
  expect(await isZip(archive)).toBe(false);
});

test("a zip on stdin is told by its first bytes, and leaves no file behind; all else goes on as it comes", async () => {
  zip();
  const temporary = join(directory, "temporary");
  mkdirSync(temporary);
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  const bytewise = createReadStream(archive, { highWaterMark: 1 });
  expect(await read(stdinArchive(bytewise))).toEqual(await read());
  await expect(stdinArchive(Readable.from([readFileSync(archive).subarray(0, 200)]))).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/^archive from stdin cannot be read as a zip archive/),
  });
  expect(readdirSync(temporary)).toEqual([]);
  process.env.TMPDIR = usual ?? "/tmp";
  for (const other of ["", "ta", "a tar, says the server"])
    expect(await text(await stdinArchive(Readable.from([Buffer.from(other)])))).toBe(other);
});
