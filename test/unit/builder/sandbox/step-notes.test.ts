import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markHost } from "../../../../builder/sandbox/mark";
import { StepNotes } from "../../../../builder/sandbox/step-notes";

let dataDir: string;
let notes: StepNotes;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "paas-notes-"));
  notes = new StepNotes(dataDir);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function step(name: string, mounts: object[]): void {
  mkdirSync(join(notes.directory, name), { recursive: true });
  writeFileSync(join(notes.directory, name, "config.json"), JSON.stringify({ mounts }));
}
const bind = (destination: string, source: string, options = ["rbind"]) => ({
  destination,
  source: join(dataDir, source),
  type: "bind",
  options,
});

test("a step's note tells its build's mark, its root and its caches", async () => {
  const executor = "buildkit/executor";
  step("mine", [
    { destination: "/proc", type: "proc", source: "proc" },
    bind("/etc/hosts", "overlay2/app/diff/hosts", ["rbind", "ro"]),
    bind("/etc/hosts", `${executor}/hosts.one`, ["rbind", "ro"]),
    bind("/cache", "overlay2/cache/diff"),
    bind("/source", "overlay2/source/diff", ["rbind", "ro"]),
  ]);
  writeFileSync(join(notes.directory, "hosts.one"), `fd70::1\t${markHost}\n`);
  expect(await notes.read("mine")).toEqual({
    mark: "fd70::1",
    root: join(notes.directory, "mine/rootfs"),
    caches: [join(dataDir, "overlay2/cache/diff")],
  });
});

test("a hosts file that the build itself brought says nothing, nor does one without a mark", async () => {
  step("forged", [bind("/etc/hosts", "overlay2/app/diff/hosts.forged")]);
  mkdirSync(join(dataDir, "overlay2/app/diff"), { recursive: true });
  writeFileSync(join(dataDir, "overlay2/app/diff/hosts.forged"), `fd70::1\t${markHost}\n`);
  step("usual", [bind("/etc/hosts", "buildkit/executor/hosts", ["rbind", "ro"])]);
  expect([await notes.read("forged"), await notes.read("usual")]).toMatchObject([
    { mark: null },
    { mark: null },
  ]);
});

test("there is none of a step that is over, and an engine may keep none at all", async () => {
  expect([await notes.there(), await notes.read("gone")]).toEqual([false, null]);
  mkdirSync(notes.directory, { recursive: true });
  expect(await notes.there()).toBe(true);
});
