import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar-stream";
import { tidy } from "../../../server/repositories/tidy";
import { checkTree, checkWhole, treeLimits } from "../../../server/repositories/tree-measure";
import { commitFiles, git, newCheckout } from "../../support/git-server";
import { RepositoryStage } from "./repository-stage";

const main = "refs/heads/main";
const none = "0".repeat(40);

const stage = RepositoryStage.use();

test("creating and removing can be repeated and leave nothing", async () => {
  await Promise.all([stage.repositories.create("twice"), stage.repositories.create("twice")]);
  await stage.repositories.create("twice");
  expect(await stage.repositories.exists("twice")).toBe(true);
  await stage.repositories.remove("twice");
  await stage.repositories.remove("twice");
  expect(await stage.repositories.exists("twice")).toBe(false);
  expect((await readdir(join(stage.directory, "repositories"))).sort()).toEqual([".hooks", "app.git"]);
  expect(() => stage.repositories.path("../app")).toThrow("not an app id");
});

describe("tidying", () => {
  const packs = async (): Promise<number> => {
    const { text } = await git(stage.repositories.path("app"), "count-objects", "-v");
    return Number(/^packs: (\d+)$/m.exec(text)?.[1]);
  };
  const little = { looseObjects: 6_700, packs: 1 };
  /** Three pushes, each large enough to stay a pack. */
  const much = async (): Promise<void> => {
    for (let push = 0; push < 3; push += 1) {
      const files = Array.from({ length: 120 }, (_, n) => [`many-${n}`, `${push} ${n} ${Math.random()}`]);
      await stage.bring(await commitFiles(stage.checkout, Object.fromEntries(files)));
    }
  };

  test("packs what pushes left, and leaves alone what is little", async () => {
    await much();
    const before = await packs();
    await tidy(stage.repositories, "app");
    expect([await packs(), before > 1]).toEqual([before, true]);
    await tidy(stage.repositories, "app", little);
    expect(await packs()).toBe(1);
    expect(await stage.repositories.hasCommit("app", await stage.head())).toBe(true);
  });

  test("keeps a commit that is being deployed, which no ref reaches, and its ref's lock", async () => {
    await much();
    const commit = await stage.bring(await commitFiles(stage.checkout, { deploying: "now" }));
    const prepared = await stage.repositories.prepareRef("app", main, none, commit);
    await git(stage.repositories.path("app"), "update-ref", "-d", "refs/heads/scratch");
    await tidy(stage.repositories, "app", little);
    expect(await stage.repositories.hasCommit("app", commit)).toBe(true);
    await prepared.commit();
    expect(await stage.repositories.tip("app", main)).toBe(commit);
    await git(stage.repositories.path("app"), "update-ref", "-d", main);
  });
});

test("opening clears half-done creations and removals", async () => {
  const root = join(stage.directory, "repositories");
  await mkdir(join(root, ".new-x-1"));
  await mkdir(join(root, ".removed-x-1"));
  await stage.repositories.open();
  expect((await readdir(root)).sort()).toEqual([".hooks", "app.git"]);
});

test("a commit's date and files are read in one go; what is no plain text file is refused in words", async () => {
  const commit = await stage.bring(await stage.head());
  const read = await stage.repositories.readCommit("app", commit, ["Procfile", "app.json", "none"], 1000);
  expect(read.files).toEqual({ Procfile: "web: node a.js\n", "app.json": "{}", none: null });
  expect(Date.now() - Date.parse(read.date)).toBeLessThan(3600_000);
  expect(await stage.repositories.readBlob("app", commit, "Procfile", 1000)).toBe("web: node a.js\n");
  await expect(stage.repositories.readBlob("app", commit, "Procfile", 3)).rejects.toThrow(
    "at most 3 are allowed",
  );
  await expect(stage.repositories.readBlob("app", "1".repeat(40), "Procfile", 3)).rejects.toMatchObject({
    code: "not_found",
  });

  const odd = await newCheckout(stage.directory, "odd", { binary: "x" });
  await symlink("/etc/passwd", join(odd, "Procfile"));
  await mkdir(join(odd, "app.json"));
  await writeFile(join(odd, "app.json", "x"), "x");
  await writeFile(join(odd, "binary"), Buffer.from([0xff, 0xfe]));
  const oddCommit = await commitFiles(odd, {});
  await git(odd, "push", "-q", "-f", stage.repositories.path("app"), "HEAD:refs/heads/scratch");
  await expect(stage.repositories.readBlob("app", oddCommit, "Procfile", 1000)).rejects.toThrow(
    "symbolic link",
  );
  await expect(stage.repositories.readBlob("app", oddCommit, "app.json", 1000)).rejects.toThrow(
    "is not a file",
  );
  await expect(stage.repositories.readBlob("app", oddCommit, "binary", 1000)).rejects.toThrow("not UTF-8");
});

test("the archive holds what was pushed, whatever export attributes say", async () => {
  const files = { ".gitattributes": "a export-ignore\nb export-subst\n", a: "a", b: "$Format:%H$" };
  const commit = await stage.bring(await commitFiles(stage.checkout, files));
  const file = join(stage.directory, "source.tar");
  await stage.repositories.archive("app", commit, file);
  const found: Record<string, string> = {};
  const parser = extract();
  parser.end(await readFile(file));
  for await (const entry of parser) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found[entry.header.name] = Buffer.concat(chunks).toString();
  }
  expect(found).toMatchObject(files);
  await expect(
    stage.repositories.archive("app", "1".repeat(40), join(stage.directory, "x.tar")),
  ).rejects.toMatchObject({
    code: "internal",
  });
  expect(
    (await readdir(stage.directory)).filter((name) => name.includes(".tmp") || name === "x.tar"),
  ).toEqual([]);
});

test("a tree is measured: sizes, names, submodules, LFS pointers", async () => {
  const odd = await newCheckout(stage.directory, "measured", { a: "12345" });
  await git(odd, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},lib/sub`);
  await git(odd, "commit", "-q", "-m", "submodule");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
  await writeFile(join(odd, ".gitattributes"), "*.bin filter=lfs diff=lfs\n");
  await writeFile(join(odd, "x.bin"), pointer);
  await git(odd, "-c", "filter.lfs.clean=cat", "add", ".gitattributes", "x.bin");
  await git(odd, "commit", "-q", "-m", "lfs");
  const commit = (await git(odd, "rev-parse", "HEAD")).text.trim();
  await git(odd, "push", "-q", "-f", stage.repositories.path("app"), "HEAD:refs/heads/scratch");
  const measure = await stage.repositories.measureTree("app", commit);
  expect(measure).toEqual({
    bytes: 5 + 26 + pointer.length,
    files: 4,
    longestPath: 14,
    longestName: 14,
    submodules: ["lib/sub"],
    lfs: true,
    complete: true,
  });
  expect(() => checkWhole({ submodules: ["lib/sub"], lfs: false })).toThrow(
    /submodules \(lib\/sub\).*git subtree/,
  );
  expect(() => checkWhole({ submodules: [], lfs: true })).toThrow(/Git LFS.*git lfs migrate export/);
  checkWhole({ submodules: [], lfs: false });
  expect(() => checkTree(measure)).not.toThrow();
  expect(() => checkTree(measure, { ...treeLimits, files: 3 })).toThrow("holds over 3 files");
  expect((await stage.repositories.measureTree("app", commit, { ...treeLimits, files: 2 })).complete).toBe(
    false,
  );
});

test("a bomb of nested trees is measured without listing it", async () => {
  const bomb = await newCheckout(stage.directory, "bomb");
  const blob = (await git(bomb, "rev-parse", "HEAD:a")).text.trim();
  let entry = `100644 blob ${blob}`;
  for (let level = 0; level < 10; level += 1) {
    const lines = Array.from({ length: 10 }, (_, i) => `${entry}\tn${i}\n`).join("");
    const child = spawn("git", ["mktree"], { cwd: bomb, stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(lines);
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    entry = `040000 tree ${chunk.toString().trim()}`;
  }
  const commit = (await git(bomb, "commit-tree", "-m", "bomb", entry.slice(-40))).text.trim();
  await git(bomb, "push", "-q", "-f", stage.repositories.path("app"), `${commit}:refs/heads/scratch`);
  const limits = { ...treeLimits, files: 2000 };
  const measure = await stage.repositories.measureTree("app", commit, limits);
  expect(measure).toMatchObject({ complete: false, files: 2001 });
  expect(() => checkTree(measure, limits)).toThrow("holds over 2000 files");
});
