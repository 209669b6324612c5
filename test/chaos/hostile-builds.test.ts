import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";
import { OwnEngine } from "../support/own-engine";

jest.setTimeout(180_000);

/*
 * Builds that would take the machine down, on an engine of its own with limits small enough to be reached soon. Each ends by itself with
 * one line that says which limit it was and how to raise it.
 */

let engine: OwnEngine;
let rig: BuilderRig;
let base: string;
beforeAll(async () => {
  base = await baseImage();
  engine = await OwnEngine.open({ diskMb: 3000 });
  await engine.copyImage(base);
  rig = await BuilderRig.open(engine.dockerHost);
  await rig.startBuilder({
    PAAS_BUILD_CGROUP: `${engine.names.cgroup}/buildkit`,
    PAAS_BUILD_MEMORY: "128m",
    PAAS_BUILD_PIDS: "64",
    PAAS_BUILD_DISK: "200m",
    PAAS_BUILD_TIMEOUT: "20s",
    PAAS_DISK_FLOOR: "500m",
  });
}, 180_000);
afterAll(async () => {
  await rig?.close();
  await engine?.close();
}, 120_000);

async function build(on: BuilderRig, line: string) {
  const directory = join(on.directory, newId());
  mkdirSync(directory);
  writeFileSync(join(directory, "Dockerfile"), `FROM ${base}\n${line}\nCMD ["true"]\n`);
  return on.build(on.job(directory));
}

test.each([
  [
    "a memory hog",
    `perl -e 'push @a, "x" x 1e6 while 1'`,
    "ran out of memory, of which builds have 128 MB",
    "PAAS_BUILD_MEMORY (now 128m)",
  ],
  [
    "a hog in the background",
    `perl -e 'push @a, 1 x 1e6 while 1' & sleep 60`,
    "ran out of memory",
    "PAAS_BUILD_MEMORY",
  ],
  ["a fork bomb", "perl -e 'fork while 1'", "started more than 64 processes", "PAAS_BUILD_PIDS (now 64)"],
  [
    "a disk filler",
    "head -c 1500M /dev/zero > /filler; sleep 60",
    "over the limit of builds",
    "PAAS_BUILD_DISK (now 200m)",
  ],
  [
    "an endless loop",
    "while :; do :; done",
    "ended after 20s, its time limit",
    "PAAS_BUILD_TIMEOUT (now 20s)",
  ],
])("%s is ended", async (_what, command, why, how) => {
  const { outcome, transcript } = await build(rig, `RUN ${command}`);
  expect(outcome).toMatchObject({ status: "failed", message: expect.stringContaining(why) });
  const lines = transcript.split("\n").filter((line) => line.includes(why));
  expect(lines).toEqual([expect.stringContaining(how)]);
});

test("a log of 2 GB is cut, with one line that says so", async () => {
  const { transcript } = await build(
    rig,
    "RUN yes 0123456789012345678901234567890123456789 | head -c 2G; echo over",
  );
  expect(transcript.length).toBeLessThan(2_000_000);
  expect(transcript.match(/left out: over the engine's limit/g)).toHaveLength(1);
});

test("a build that could leave too little of the disk is refused with figures", async () => {
  const other = await BuilderRig.open(engine.dockerHost);
  try {
    await other.startBuilder({
      PAAS_DISK_FLOOR: "100g",
      PAAS_BUILD_CGROUP: `${engine.names.cgroup}/buildkit`,
    });
    const { outcome, transcript } = await build(other, "RUN echo never");
    expect(outcome).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/has \d\.\d GiB free, and this build wants 100\.0 GiB/),
    });
    expect(transcript).not.toContain("RUN");
  } finally {
    await other.close();
  }
});
