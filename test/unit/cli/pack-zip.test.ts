import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { isZip, packZip } from "../../../cli/upload/pack-zip";

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

async function read(): Promise<string[]> {
  const extract = tar.extract();
  const zipped = await packZip(archive);
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
