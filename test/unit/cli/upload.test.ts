import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { listFiles } from "../../../cli/upload/list-files";
import { packDirectory } from "../../../cli/upload/pack-directory";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "paas-upload-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}
const git = (...words: string[]): string =>
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words], {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
function commit(files: Record<string, string>): string {
  write(files);
  git("add", "--all");
  git("commit", "--quiet", "--message=one");
  return git("rev-parse", "HEAD").trim();
}

test("in a work tree: what git would take, committed or not, and how far that is from the commit", async () => {
  git("init", "--quiet");
  const head = commit({
    "a.js": "1",
    "gone.js": "1",
    ".gitignore": "node_modules\n.env\ndist\n",
    "vendor/x/index.js": "1",
  });
  write({
    "a.js": "2",
    "new.js": "1",
    ".env": "SECRET=1",
    "node_modules/x/index.js": "1",
    "dist/app.js": "1",
  });
  rmSync(join(directory, "gone.js"));
  const list = await listFiles(directory);
  expect([...list.paths].sort()).toEqual([".gitignore", "a.js", "gone.js", "new.js", "vendor/x/index.js"]);
  expect(list.state).toEqual({ commit: head, changed: 3 });
  expect(await listFiles(join(directory, "vendor"))).toEqual({
    paths: ["x/index.js"],
    state: { commit: head, changed: 0 },
  });
});

test("a directory that git ignores is meant as it is", async () => {
  git("init", "--quiet");
  commit({ ".gitignore": "dist\n", "a.js": "1" });
  write({ "dist/index.html": "hello", "dist/css/a.css": "" });
  expect(await listFiles(join(directory, "dist"))).toEqual({
    paths: ["css/a.css", "index.html"],
    state: null,
  });
});

test("without git: everything but node_modules and what .gitignore names", async () => {
  write({
    "a.js": "1",
    ".gitignore": ".env\n",
    ".env": "SECRET=1",
    "node_modules/x/index.js": "1",
    "b/node_modules/y.js": "1",
  });
  expect(await listFiles(directory)).toEqual({ paths: [".gitignore", "a.js"], state: null });
});

test("a repository inside is refused: git would take none of its files", async () => {
  git("init", "--quiet");
  commit({ "a.js": "1" });
  write({ "inner/b.js": "1" });
  execFileSync("git", ["init", "--quiet", join(directory, "inner")]);
  execFileSync("git", [
    "-C",
    join(directory, "inner"),
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@e.org",
    "commit",
    "-q",
    "--allow-empty",
    "-mx",
  ]);
  await expect(listFiles(directory)).rejects.toThrow(/inner\/ is a git repository of its own/);
  git("add", "--all");
  const { paths } = await listFiles(directory);
  await expect(text(packDirectory(directory, paths))).rejects.toThrow(/inner is a git repository of its own/);
});

test("packs files, modes and links as they are, and leaves out what has gone", async () => {
  write({ run: "#!/bin/sh\n", empty: "", "a/b.txt": "x".repeat(100_000) });
  execFileSync("chmod", ["775", join(directory, "run")]);
  symlinkSync("/etc/passwd", join(directory, "link"));
  const extract = tar.extract();
  packDirectory(directory, ["run", "empty", "gone", "link", "a/b.txt"]).pipe(createGunzip()).pipe(extract);
  const found: unknown[] = [];
  for await (const entry of extract) {
    const { name, mode, type, linkname } = entry.header;
    found.push([name, type, mode, linkname ?? (await text(entry)).length]);
    entry.resume();
  }
  expect(found).toEqual([
    ["run", "file", 0o755, 10],
    ["empty", "file", 0o644, 0],
    ["link", "symlink", expect.anything(), "/etc/passwd"],
    ["a/b.txt", "file", 0o644, 100_000],
  ]);
});

test("what is no file is refused", async () => {
  execFileSync("mkfifo", [join(directory, "pipe")]);
  await expect(text(packDirectory(directory, ["pipe"]))).rejects.toThrow(/pipe is neither a file nor a link/);
});
