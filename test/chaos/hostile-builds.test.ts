import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contextEntry } from "../../builder/image/build-context";
import { dockerImages } from "../../builder/image/docker-images";
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
    PAAS_DISK_FLOOR: "500m",
  });
}, 180_000);
afterAll(async () => {
  await rig?.close();
  await engine?.close();
}, 120_000);

async function build(on: BuilderRig, line: string, stage = "app") {
  const directory = join(on.directory, newId());
  mkdirSync(directory);
  writeFileSync(join(directory, "Dockerfile"), `FROM ${base} AS ${stage}\n${line}\nCMD ["true"]\n`);
  return on.build(on.job(directory));
}

/** As somebody builds who has no platform. */
async function plainBuild(line: string): Promise<string> {
  const request = {
    context: [contextEntry({ name: "Dockerfile", text: `FROM ${base}\n${line}\n` })],
    dockerfile: "Dockerfile",
    ref: `plain-${newId()}:1`,
    labels: {},
  };
  const answer = await dockerImages(engine.dockerHost).build(request, () => undefined);
  return "error" in answer ? answer.error : "built";
}

test.each([
  [
    "a memory hog",
    `perl -e 'push @a, "x" x 1e6 while 1'`,
    "ended because it ran out of memory, of which builds have 128 MB",
    "PAAS_BUILD_MEMORY (now 128m)",
  ],
  [
    "a hog in the background",
    `perl -e 'push @a, 1 x 1e6 while 1' & sleep 60`,
    "ended because it ran out of memory",
    "PAAS_BUILD_MEMORY",
  ],
  ["a fork bomb", "perl -e 'fork while 1'", "started more than 64 processes", "PAAS_BUILD_PIDS (now 64)"],
  [
    "a disk filler",
    "head -c 1500M /dev/zero > /filler; sleep 60",
    "over the limit of builds",
    "PAAS_BUILD_DISK (now 200m)",
  ],
])("%s is ended", async (_what, command, why, how) => {
  const { outcome, transcript } = await build(rig, `RUN ${command}`);
  expect(outcome).toMatchObject({ status: "failed", message: expect.stringContaining(why) });
  const lines = transcript.split("\n").filter((line) => line.includes(why));
  expect(lines).toEqual([expect.stringContaining(how)]);
});

test("an endless loop is ended", async () => {
  const other = await BuilderRig.open(engine.dockerHost);
  try {
    await other.startBuilder({
      PAAS_BUILD_CGROUP: `${engine.names.cgroup}/buildkit`,
      PAAS_BUILD_TIMEOUT: "5s",
    });
    const { outcome, transcript } = await build(other, "RUN while :; do :; done");
    const line =
      "The build was ended after 5s, its time limit. An operator can raise it: PAAS_BUILD_TIMEOUT (now 5s).";
    expect(outcome).toEqual({ status: "failed", message: line });
    expect(transcript.split(line)).toHaveLength(2);
  } finally {
    await other.close();
  }
});

test("a busy step gets no more CPU time than builds may have", async () => {
  const other = await BuilderRig.open(engine.dockerHost);
  try {
    await other.startBuilder({
      PAAS_BUILD_CGROUP: `${engine.names.cgroup}/buildkit`,
      PAAS_BUILD_CPUS: "0.5",
    });
    const busy = `perl -e '$end = time + 6; 1 while time < $end; ($user, $system) = times; print "used ", $user + $system, "\\n"'`;
    const { transcript } = await build(other, `RUN ${busy}`);
    const used = Number(/used ([\d.]+)/.exec(transcript)?.[1]);
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(4.5); // a half of six seconds, and what it had before it was first seen
  } finally {
    await other.close();
  }
});

test("a log of 2 GB is cut, with one line that says so", async () => {
  const { outcome, transcript } = await build(
    rig,
    "RUN yes 0123456789012345678901234567890123456789 | head -c 2G; echo over",
  );
  expect(transcript.length).toBeLessThan(2_000_000);
  expect(
    transcript.match(/left out: over the engine's limit of .*: BUILDKIT_STEP_LOG_MAX_SIZE/g),
  ).toHaveLength(1);
  expect(outcome.status).toBe("succeeded");
});

test("many steps that each stay below the limit of the disk are ended by what they wrote together, caches included", async () => {
  const mount = `--mount=type=cache,target=/cache,id=${newId()}`;
  const layers = [1, 2, 3].map((at) => `RUN head -c 60M /dev/urandom > /part${at}`);
  const caches = [1, 2, 3].map((at) => `RUN ${mount} head -c 60M /dev/urandom > /cache/part${at}`);
  const { outcome } = await build(rig, [...layers, ...caches, "RUN sleep 60"].join("\n"));
  expect(outcome).toMatchObject({
    status: "failed",
    message: expect.stringContaining("PAAS_BUILD_DISK (now 200m)"),
  });
});

test("builds of another platform on the engine have the limits of that one, and nobody's have none", async () => {
  const other = await BuilderRig.open(engine.dockerHost);
  // As much of everything as the first platform's builds may not have, for as long as its guard could want.
  const lavish = (name: string): string =>
    `RUN echo ${newId()} && head -c 300M /dev/zero > /${name} && perl -e '$x = "x" x 3e8; for (1..100) { fork or sleep 8, exit } sleep 8'`;
  try {
    await other.startBuilder({
      PAAS_BUILD_CGROUP: `${engine.names.cgroup}/buildkit`,
      PAAS_BUILD_MEMORY: "1g",
      PAAS_BUILD_PIDS: "512",
      PAAS_DISK_FLOOR: "500m",
    });
    const watching = build(rig, `RUN echo ${newId()} && sleep 12`);
    const answers = await Promise.all([build(other, lavish("one")), plainBuild(lavish("two")), watching]);
    const [theirs, nobodys, mine] = answers;
    expect([theirs.outcome.status, nobodys, mine.outcome.status]).toEqual([
      "succeeded",
      "built",
      "succeeded",
    ]);
    const [hog, again] = await Promise.all([
      build(rig, `RUN echo ${newId()} && perl -e 'push @a, "x" x 1e6 while 1'`),
      build(other, lavish("three")),
    ]);
    expect(hog.outcome).toMatchObject({ message: expect.stringContaining("PAAS_BUILD_MEMORY (now 128m)") });
    expect(again.outcome.status).toBe("succeeded");
  } finally {
    await other.close();
  }
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

test("a build that fills the disk without any step of its own is ended at the floor", async () => {
  const copies = Array.from({ length: 16 }, (_, at) => `COPY --from=big /big /big${at}`);
  const lines = [`RUN head -c 180M /dev/urandom > /big`, `FROM ${base}`, ...copies];
  const { outcome, transcript } = await build(rig, lines.join("\n"), "big");
  expect(outcome).toMatchObject({
    status: "failed",
    message: expect.stringMatching(/left \d+ MiB free on the engine's disk, of which 500 MB stay free/),
  });
  expect(transcript.match(/PAAS_DISK_FLOOR/g)).toHaveLength(1);
});
