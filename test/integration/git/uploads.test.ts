import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar from "tar-stream";
import { sourceLimits } from "../../../core/source-entry";
import { importUpload, type UploadCommit } from "../../../server/repositories/import-upload";
import { Repositories } from "../../../server/repositories/repositories";
import { uploadEntries } from "../../../server/repositories/upload-entries";
import { git } from "../../support/git-server";

let directory: string;
let repositories: Repositories;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "paas-uploads-"));
  repositories = new Repositories(join(directory, "repositories"));
  await repositories.open();
  await repositories.create("app");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

type Packed = Partial<tar.Header> & { name: string };
/** A tar of these entries; a text is a file's content. */
async function packed(...entries: [Packed, (string | Buffer)?][]): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, content = ""] of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}
const file = (name: string, content = "x"): [Packed, string] => [{ name }, content];

/** Small pieces, as a network gives them. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}
const take = (bytes: Buffer, over: Partial<UploadCommit> = {}, limits = sourceLimits): Promise<string> =>
  importUpload(repositories, "app", uploadEntries(Readable.from(pieces(bytes)), limits), {
    message: "Deploy directory shop",
    author: "ada",
    parent: null,
    keepTop: false,
    ...over,
  });
const list = async (commit: string): Promise<string[]> =>
  (await git(repositories.path("app"), "ls-tree", "-r", commit)).text.trim().split("\n");

test("an upload becomes a commit like any other, and nothing else of it stays", async () => {
  const bytes = await packed(
    [{ name: "bin/", type: "directory" }],
    [{ name: "./bin/run", mode: 0o4755 }, "#!/bin/sh\n"],
    [{ name: "out", type: "symlink", linkname: "/etc/passwd" }],
    file("name with spaces ü.txt", "y".repeat(2000)),
    file(".git/config", "[core]\n\tsshCommand = evil\n"),
    file("empty", ""),
  );
  const first = await take(bytes);
  expect(await list(first)).toEqual([
    expect.stringMatching(/^100755 blob \S+\tbin\/run$/),
    expect.stringMatching(/^100644 blob \S+\tempty$/),
    expect.stringMatching(/^100644 blob \S+\t"name with spaces/),
    expect.stringMatching(/^120000 blob \S+\tout$/),
  ]);
  const second = await take(gzipSync(bytes), { parent: first });
  const { text } = await git(repositories.path("app"), "log", "--format=%an %s %T", second);
  const [newer, older] = text.trim().split("\n");
  expect(newer).toMatch(/^ada Deploy directory shop /);
  expect(newer).toBe(older);
  expect((await git(repositories.path("app"), "fsck", "--strict", second)).code).toBe(0);
  expect(await repositories.readBlob("app", second, "name with spaces ü.txt", 5000)).toBe("y".repeat(2000));
  const left = (await readdir(repositories.path("app"))).filter((name) => /incoming|fast_import/.test(name));
  expect(left).toEqual([]);
});

test("what a release archive wraps in one directory is unwrapped, unless that is asked for", async () => {
  const bytes = await packed(file("shop-1.2/index.html"), file("shop-1.2/a/b.txt"));
  expect((await list(await take(bytes))).map((line) => line.split("\t")[1])).toEqual([
    "a/b.txt",
    "index.html",
  ]);
  expect(await list(await take(bytes, { keepTop: true }))).toEqual([
    expect.stringContaining("shop-1.2/a/b.txt"),
    expect.stringContaining("shop-1.2/index.html"),
  ]);
});

test.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
  ["a path out of the tree", () => packed(file("../../etc/cron.d/evil")), /leaves the tree/],
  ["an absolute path", () => packed(file("/etc/passwd")), /not relative/],
  [
    "a file through a link",
    () => packed([{ name: "a", type: "symlink", linkname: "/etc" }], file("a/passwd")),
    /behind a symbolic link/,
  ],
  ["a hard link", () => packed([{ name: "a", type: "link", linkname: "/etc/shadow" }]), /hard link/],
  ["a device", () => packed([{ name: "sda", type: "block-device" }]), /neither a file/],
  ["a pipe", () => packed([{ name: "pipe", type: "fifo" }]), /neither a file/],
  [
    "git's own directory in other letters",
    () => packed(file("a"), file(".GIT/config")),
    /git refuses a path/,
  ],
  [
    "git's own directory by its short name",
    () => packed(file("a"), file("GIT~1/config")),
    /git refuses a path/,
  ],
  ["nothing", () => packed(), /no files/],
  ["no tar", () => Buffer.from("PK\x03\x04 this is a zip".repeat(100)), /cannot be read as a tar/],
  ["half a tar", async () => (await packed(file("a", "x".repeat(9000)))).subarray(0, 4000), /cannot be read/],
  ["half a gzip", async () => gzipSync(await packed(file("a"))).subarray(0, 60), /cannot be read/],
  ["one byte", () => Buffer.from("x"), /cannot be read|no files/],
])("%s is refused", async (_what, bytes, message) => {
  await expect(take(await bytes())).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(message),
  });
  const left = (await readdir(repositories.path("app"))).filter((name) => /incoming|fast_import/.test(name));
  expect(left).toEqual([]);
});

test("sizes are held before they are unpacked", async () => {
  const limits = { ...sourceLimits, maxBytes: 10_000, maxEntries: 3 };
  await expect(
    take(await packed(file("a", "x".repeat(6000)), file("b", "x".repeat(6000))), {}, limits),
  ).rejects.toThrow(/larger than/);
  await expect(take(await packed(...[1, 2, 3, 4].map((n) => file(`f${n}`))), {}, limits)).rejects.toThrow(
    /more than 3 files/,
  );
  // A header says 8 TB, and one has a name of 1 MB; neither is waited for.
  const pack = tar.pack();
  pack.entry({ name: "huge", size: 2 ** 43 });
  const { value: head } = (await pack[Symbol.asyncIterator]().next()) as { value: Buffer };
  await expect(take(head)).rejects.toThrow(/larger than/);
  const long = await packed([{ name: `${"n".repeat(90)}/`.repeat(13_000) }, "x"]);
  await expect(take(long)).rejects.toThrow(/too long/);
  await expect(take(gzipSync(long))).rejects.toThrow(/too long/);
});

test("a client that leaves in the middle leaves nothing", async () => {
  const bytes = await packed(file("a", "x".repeat(50_000)));
  const half = async function* (): AsyncGenerator<Buffer> {
    yield bytes.subarray(0, 20_000);
    throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  };
  const upload = importUpload(repositories, "app", uploadEntries(half(), sourceLimits), {
    message: "Deploy",
    author: "ada",
    parent: null,
    keepTop: false,
  });
  await expect(upload).rejects.toThrow(/aborted/);
  expect(
    (await readdir(repositories.path("app"))).filter((name) => /incoming|fast_import/.test(name)),
  ).toEqual([]);
});
