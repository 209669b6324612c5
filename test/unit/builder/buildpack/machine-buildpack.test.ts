import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { machineBuildpack } from "../../../../builder/buildpack/machine-buildpack";
import { buildContext, contextEntry } from "../../../../builder/image/build-context";

const root = mkdtempSync(join(tmpdir(), "paas-machine-"));
const directory = join(root, "buildpacks");
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(directory, "ours/bin"), { recursive: true });
writeFileSync(join(directory, "ours/bin/detect"), "echo ours", { mode: 0o755 });
writeFileSync(join(directory, "ours/empty"), "");
writeFileSync(join(directory, "ours.tgz"), "packed");
symlinkSync("/etc/passwd", join(directory, "ours/link"));
writeFileSync(join(root, "secret"), "hunter2");
symlinkSync(root, join(directory, "out"));
symlinkSync(join(directory, "ours"), join(directory, "v2"));
mkdirSync(join(directory, "pipe"));
execFileSync("mkfifo", [join(directory, "pipe/fifo")]);

const read = (path: string, below = directory) =>
  machineBuildpack(below, { from: "file", path: path.replace("@", directory), ref: null });

test("a directory goes into a build as it is; its links stay links", async () => {
  const { path, entries } = await read("@/v2");
  expect(path).toBe(`${directory}/v2`);
  const recipe = { prefix: "app/", dockerfile: { name: "Dockerfile", text: "" }, leavesOut: () => false };
  const source = [contextEntry({ name: "ours.tgz", text: "packed" })];
  const context = buildContext(source, { ...recipe, machine: [{ directory: "machine/x", entries }] });
  const seen: string[] = [];
  for (const { path: name, type, mode, linkname, content } of context)
    seen.push([name, type, (mode & 0o100) !== 0, linkname || (await buffer(content())).toString()].join(" "));
  expect(seen).toEqual([
    "app/ours.tgz file false packed",
    "machine/x/tree directory true ",
    "machine/x/tree/bin directory true ",
    "machine/x/tree/bin/detect file true echo ours",
    "machine/x/tree/empty file false ",
    "machine/x/tree/link symlink true /etc/passwd",
    "Dockerfile file false ",
  ]);
});

test("a file is taken for a tarball", async () => {
  expect((await read("@/ours.tgz")).entries).toMatchObject([{ path: "archive", size: 6 }]);
});

test.each([
  ["/etc/passwd", /^The buildpack file:\/\/\/etc\/passwd is not below .*PAAS_BUILDPACKS_DIR/],
  ["@/out/secret", /is not below/],
  ["@/out", /is not below/],
  ["@/../secret", /is not below/],
  ["@", /is not below/],
  ["@/nothing", /is not there: an operator can put it there/],
  ["@/pipe", /holds tree\/fifo, which is no file/],
])("%s is refused", async (path, fault) => {
  await expect(read(path)).rejects.toMatchObject({
    code: "build_failed",
    message: expect.stringMatching(fault),
  });
});

test("where an operator has put none, that is said", async () => {
  await expect(read("/none/ours", "/none")).rejects.toThrow("is not there: an operator can put it there");
});
