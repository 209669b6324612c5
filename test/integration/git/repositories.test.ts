import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar-stream";
import { Repositories } from "../../../server/repositories/repositories";
import { tidy } from "../../../server/repositories/tidy";
import { checkTree, checkWhole, treeLimits } from "../../../server/repositories/tree-measure";
import { processesIn } from "../../support/find-processes";
import { commitFiles, git, newCheckout } from "../../support/git-server";

const main = "refs/heads/main";
const none = "0".repeat(40);
let directory: string;
let repositories: Repositories;
let checkout: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "paas-repositories-"));
  repositories = new Repositories(join(directory, "repositories"));
  await repositories.open();
  await repositories.create("app");
  checkout = await newCheckout(directory, "checkout", { Procfile: "web: node a.js\n", "app.json": "{}" });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Brings a commit into the repository without a ref of its own. */
async function bring(commit: string): Promise<string> {
  await git(checkout, "push", "-q", "-f", repositories.path("app"), `${commit}:refs/heads/scratch`);
  return commit;
}
const head = async () => (await git(checkout, "rev-parse", "HEAD")).text.trim();

test("creating and removing can be repeated and leave nothing", async () => {
  await Promise.all([repositories.create("twice"), repositories.create("twice")]);
  await repositories.create("twice");
  expect(await repositories.exists("twice")).toBe(true);
  await repositories.remove("twice");
  await repositories.remove("twice");
  expect(await repositories.exists("twice")).toBe(false);
  expect((await readdir(join(directory, "repositories"))).sort()).toEqual([".hooks", "app.git"]);
  expect(() => repositories.path("../app")).toThrow("not an app id");
});

describe("tidying", () => {
  const packs = async (): Promise<number> => {
    const { text } = await git(repositories.path("app"), "count-objects", "-v");
    return Number(/^packs: (\d+)$/m.exec(text)?.[1]);
  };
  const little = { looseObjects: 6_700, packs: 1 };
  /** Three pushes, each large enough to stay a pack. */
  const much = async (): Promise<void> => {
    for (let push = 0; push < 3; push += 1) {
      const files = Array.from({ length: 120 }, (_, n) => [`many-${n}`, `${push} ${n} ${Math.random()}`]);
      await bring(await commitFiles(checkout, Object.fromEntries(files)));
    }
  };

  test("packs what pushes left, and leaves alone what is little", async () => {
    await much();
    const before = await packs();
    await tidy(repositories, "app");
    expect([await packs(), before > 1]).toEqual([before, true]);
    await tidy(repositories, "app", little);
    expect(await packs()).toBe(1);
    expect(await repositories.hasCommit("app", await head())).toBe(true);
  });

  test("keeps a commit that is being deployed, which no ref reaches, and its ref's lock", async () => {
    await much();
    const commit = await bring(await commitFiles(checkout, { deploying: "now" }));
    const prepared = await repositories.prepareRef("app", main, none, commit);
    await git(repositories.path("app"), "update-ref", "-d", "refs/heads/scratch");
    await tidy(repositories, "app", little);
    expect(await repositories.hasCommit("app", commit)).toBe(true);
    await prepared.commit();
    expect(await repositories.tip("app", main)).toBe(commit);
    await git(repositories.path("app"), "update-ref", "-d", main);
  });
});

test("opening clears half-done creations and removals", async () => {
  const root = join(directory, "repositories");
  await mkdir(join(root, ".new-x-1"));
  await mkdir(join(root, ".removed-x-1"));
  await repositories.open();
  expect((await readdir(root)).sort()).toEqual([".hooks", "app.git"]);
});

test("a commit's date and files are read in one go; what is no plain text file is refused in words", async () => {
  const commit = await bring(await head());
  const read = await repositories.readCommit("app", commit, ["Procfile", "app.json", "none"], 1000);
  expect(read.files).toEqual({ Procfile: "web: node a.js\n", "app.json": "{}", none: null });
  expect(Date.now() - Date.parse(read.date)).toBeLessThan(3600_000);
  expect(await repositories.readBlob("app", commit, "Procfile", 1000)).toBe("web: node a.js\n");
  await expect(repositories.readBlob("app", commit, "Procfile", 3)).rejects.toThrow("at most 3 are allowed");
  await expect(repositories.readBlob("app", "1".repeat(40), "Procfile", 3)).rejects.toMatchObject({
    code: "not_found",
  });

  const odd = await newCheckout(directory, "odd", { binary: "x" });
  await symlink("/etc/passwd", join(odd, "Procfile"));
  await mkdir(join(odd, "app.json"));
  await writeFile(join(odd, "app.json", "x"), "x");
  await writeFile(join(odd, "binary"), Buffer.from([0xff, 0xfe]));
  const oddCommit = await commitFiles(odd, {});
  await git(odd, "push", "-q", "-f", repositories.path("app"), "HEAD:refs/heads/scratch");
  await expect(repositories.readBlob("app", oddCommit, "Procfile", 1000)).rejects.toThrow("symbolic link");
  await expect(repositories.readBlob("app", oddCommit, "app.json", 1000)).rejects.toThrow("is not a file");
  await expect(repositories.readBlob("app", oddCommit, "binary", 1000)).rejects.toThrow("not UTF-8");
});

test("the archive holds what was pushed, whatever export attributes say", async () => {
  const files = { ".gitattributes": "a export-ignore\nb export-subst\n", a: "a", b: "$Format:%H$" };
  const commit = await bring(await commitFiles(checkout, files));
  const file = join(directory, "source.tar");
  await repositories.archive("app", commit, file);
  const found: Record<string, string> = {};
  const parser = extract();
  parser.end(await readFile(file));
  for await (const entry of parser) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found[entry.header.name] = Buffer.concat(chunks).toString();
  }
  expect(found).toMatchObject(files);
  await expect(repositories.archive("app", "1".repeat(40), join(directory, "x.tar"))).rejects.toMatchObject({
    code: "internal",
  });
  expect((await readdir(directory)).filter((name) => name.includes(".tmp") || name === "x.tar")).toEqual([]);
});

test("a tree is measured: sizes, names, submodules, LFS pointers", async () => {
  const odd = await newCheckout(directory, "measured", { a: "12345" });
  await git(odd, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},lib/sub`);
  await git(odd, "commit", "-q", "-m", "submodule");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
  await writeFile(join(odd, ".gitattributes"), "*.bin filter=lfs diff=lfs\n");
  await writeFile(join(odd, "x.bin"), pointer);
  await git(odd, "-c", "filter.lfs.clean=cat", "add", ".gitattributes", "x.bin");
  await git(odd, "commit", "-q", "-m", "lfs");
  const commit = (await git(odd, "rev-parse", "HEAD")).text.trim();
  await git(odd, "push", "-q", "-f", repositories.path("app"), "HEAD:refs/heads/scratch");
  const measure = await repositories.measureTree("app", commit);
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
  expect((await repositories.measureTree("app", commit, { ...treeLimits, files: 2 })).complete).toBe(false);
});

test("a bomb of nested trees is measured without listing it", async () => {
  const bomb = await newCheckout(directory, "bomb");
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
  await git(bomb, "push", "-q", "-f", repositories.path("app"), `${commit}:refs/heads/scratch`);
  const limits = { ...treeLimits, files: 2000 };
  const measure = await repositories.measureTree("app", commit, limits);
  expect(measure).toMatchObject({ complete: false, files: 2001 });
  expect(() => checkTree(measure, limits)).toThrow("holds over 2000 files");
});

describe("refs", () => {
  let first: string;
  let second: string;
  beforeAll(async () => {
    first = await bring(await commitFiles(checkout, { r: "1" }));
    second = await bring(await commitFiles(checkout, { r: "2" }));
  });
  beforeEach(() => repositories.deleteRef("app", main));

  test("descent", async () => {
    expect(await repositories.descends("app", second, first)).toBe(true);
    expect(await repositories.descends("app", second, second)).toBe(true);
    expect(await repositories.descends("app", first, second)).toBe(false);
    expect(await repositories.descends("app", first, "1".repeat(40))).toBe(false);
    expect(await repositories.isShallow("app")).toBe(false);
  });

  test("prepare, commit; prepare, abort", async () => {
    const created = await repositories.prepareRef("app", main, none, first);
    expect(await repositories.tip("app", main)).toBeNull();
    await created.commit();
    expect(await repositories.tip("app", main)).toBe(first);
    const moved = await repositories.prepareRef("app", main, first, second);
    await moved.abort();
    await moved.abort();
    expect(await repositories.tip("app", main)).toBe(first);
    await repositories.setRef("app", main, second);
    expect(await repositories.tip("app", main)).toBe(second);
    await repositories.deleteRef("app", main);
    await repositories.deleteRef("app", main);
  });

  test("what cannot be prepared is a conflict with its reason", async () => {
    await expect(repositories.prepareRef("app", main, first, second)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("does not exist any more"),
    });
    await repositories.setRef("app", main, first);
    await expect(repositories.prepareRef("app", main, none, second)).rejects.toThrow("has moved to");
    await expect(repositories.prepareRef("app", `${main}/sub`, none, second)).rejects.toThrow(
      `cannot exist beside ${main}`,
    );
    const holder = await repositories.prepareRef("app", main, first, second);
    await expect(repositories.prepareRef("app", main, first, second)).rejects.toThrow(
      "is locked by another push",
    );
    await holder.abort();
  });

  test("names that are none never reach git", async () => {
    for (const ref of [
      "main",
      "refs/heads/",
      "refs/heads/a b",
      "refs/heads/a..b",
      "refs/heads/a.lock",
      "refs/heads/a\nb",
      "--all",
      "refs/heads/../../x",
    ])
      await expect(repositories.tip("app", ref)).rejects.toMatchObject({ code: "invalid" });
    await expect(repositories.setRef("app", main, "HEAD")).rejects.toMatchObject({ code: "invalid" });
  });

  test("a git process that was killed with the lock leaves none", async () => {
    for (const end of ["commit", "abort"] as const) {
      const prepared = await repositories.prepareRef("app", main, none, first);
      for (const { pid } of processesIn(join(directory, "repositories"))) process.kill(pid, "SIGKILL");
      if (end === "commit") await expect(prepared.commit()).rejects.toMatchObject({ code: "internal" });
      else await prepared.abort();
      await repositories.setRef("app", main, first);
      await repositories.deleteRef("app", main);
    }
  });

  test("a lock whose owner was killed goes at the next start, one whose server was killed goes by itself", async () => {
    const lock = join(repositories.path("app"), `${main}.lock`);
    await mkdir(join(repositories.path("app"), "refs/heads"), { recursive: true });
    await writeFile(lock, "");
    await expect(repositories.prepareRef("app", main, none, first)).rejects.toThrow("is locked");
    await repositories.removeStaleLocks("app");
    await expect(access(lock)).rejects.toThrow();

    const stdin = `start\nupdate ${main} ${first} ${none}\nprepare\n`;
    const program = `const c = require("child_process").spawn("git", ["update-ref", "--stdin"], { cwd: process.argv[1], detached: true, stdio: ["pipe", "pipe", "inherit"] });
      c.stdin.write(process.argv[2]); c.stdout.on("data", (d) => { if (String(d).includes("prepare: ok")) process.kill(process.pid, "SIGKILL"); });
      console.log(c.pid);`;
    const server = spawn(process.execPath, ["-e", program, repositories.path("app"), stdin], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(server, "exit");
    // The orphan reads end-of-file and rolls back; the next prepare succeeds as soon as it has.
    for (;;) {
      const prepared = await repositories
        .prepareRef("app", main, none, first)
        .catch((error: unknown) => error);
      if (prepared instanceof Error) expect(prepared.message).toContain("locked");
      else {
        await (prepared as { abort(): Promise<void> }).abort();
        break;
      }
    }
  });
});
