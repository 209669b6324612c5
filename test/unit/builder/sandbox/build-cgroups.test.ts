import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BuildCgroups } from "../../../../builder/sandbox/build-cgroups";
import { findPlace } from "../../../../builder/sandbox/find-place";
import { hitText, memoryHit, unseenHit } from "../../../../builder/sandbox/hit";
import { upperDirectory } from "../../../../builder/sandbox/written";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "paas-cgroups-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const limits = { memoryMb: 512, cpus: 1.5, pids: 100, diskMb: 1024 };
const step = "w7kf8j5t16qc699pt065xz865";

/** A kernel's files, as far as they matter. */
function kernel(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
const read = (name: string): string => readFileSync(join(root, name), "utf8");

test("version 1: a step is limited in each controller's own tree, all steps together hold and stand behind apps", async () => {
  kernel({
    "memory/docker/buildkit/memory.limit_in_bytes": "max",
    "pids/docker/buildkit/pids.max": "max",
    "cpu/docker/buildkit/cpu.shares": "1024",
    [`memory/docker/buildkit/${step}/memory.limit_in_bytes`]: "max",
    [`memory/docker/buildkit/${step}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    [`memory/docker/buildkit/${step}/memory.max_usage_in_bytes`]: `${300 * 2 ** 20}\n`,
    [`memory/docker/buildkit/${step}/cgroup.procs`]: "12\n13\n",
    [`pids/docker/buildkit/${step}/pids.max`]: "max",
    [`pids/docker/buildkit/${step}/pids.events`]: "max 7\n",
    [`cpu/docker/buildkit/${step}/cpu.cfs_quota_us`]: "-1",
  });
  const cgroups = new BuildCgroups({ root, version: 1, parent: "docker/buildkit", shared: false });
  await cgroups.prepare(limits, 2);
  expect(read("memory/docker/buildkit/memory.limit_in_bytes")).toBe(`${1024 * 2 ** 20}`);
  expect(read("pids/docker/buildkit/pids.max")).toBe("200");
  expect(read("cpu/docker/buildkit/cpu.shares")).toBe("102");
  expect(await cgroups.steps()).toEqual([step]);
  await cgroups.limit(step, limits);
  expect(read(`memory/docker/buildkit/${step}/memory.limit_in_bytes`)).toBe(`${512 * 2 ** 20}`);
  expect(read(`pids/docker/buildkit/${step}/pids.max`)).toBe("100");
  expect(read(`cpu/docker/buildkit/${step}/cpu.cfs_quota_us`)).toBe("150000");
  expect(await cgroups.counts(step)).toEqual({ memoryKills: 2, memoryPeakMb: 300, pidsRefused: 7 });
  expect(await cgroups.processes(step)).toEqual([12, 13]);
  expect(await cgroups.counts("gone")).toEqual({ memoryKills: 0, memoryPeakMb: null, pidsRefused: 0 });
  await cgroups.limit("gone", limits);
});

test("what other platforms let all steps have is raised, never lowered", async () => {
  kernel({
    "memory/docker/buildkit/memory.limit_in_bytes": "9223372036854771712",
    "pids/docker/buildkit/pids.max": "5000",
  });
  const cgroups = new BuildCgroups({ root, version: 1, parent: "docker/buildkit", shared: false });
  const now = (): string[] => [
    read("memory/docker/buildkit/memory.limit_in_bytes"),
    read("pids/docker/buildkit/pids.max"),
  ];
  await cgroups.prepare(limits, 2);
  expect(now()).toEqual([`${1024 * 2 ** 20}`, "5000"]);
  await cgroups.prepare({ ...limits, memoryMb: 128, pids: 64 }, 2);
  expect(now()).toEqual([`${1024 * 2 ** 20}`, "5000"]);
  await cgroups.prepare({ ...limits, memoryMb: 4096, pids: 4096 }, 2);
  expect(now()).toEqual([`${8192 * 2 ** 20}`, "8192"]);
});

test("version 2 with systemd: among other scopes the steps are found, limited and weighed one by one", async () => {
  const scope = `docker-${step}.scope`;
  kernel({
    "system.slice/memory.max": "max",
    [`system.slice/docker-${"a".repeat(64)}.scope/memory.max`]: "max",
    [`system.slice/${scope}/memory.max`]: "max",
    [`system.slice/${scope}/cpu.max`]: "max 100000",
    [`system.slice/${scope}/cpu.weight`]: "100",
    [`system.slice/${scope}/memory.events`]: "oom 3\noom_kill 1\n",
  });
  const cgroups = new BuildCgroups({ root, version: 2, parent: "system.slice", shared: true });
  await cgroups.prepare(limits, 2);
  expect(read("system.slice/memory.max")).toBe("max");
  expect(await cgroups.steps()).toEqual([scope]);
  expect(cgroups.stepId(scope)).toBe(step);
  await cgroups.limit(scope, limits);
  expect(read(`system.slice/${scope}/memory.max`)).toBe(`${512 * 2 ** 20}`);
  expect(read(`system.slice/${scope}/cpu.max`)).toBe("150000 100000");
  expect(read(`system.slice/${scope}/cpu.weight`)).toBe("10");
  expect(await cgroups.counts(scope)).toEqual({ memoryKills: 1, memoryPeakMb: null, pidsRefused: 0 });
});

test("where builds cannot be limited, it says why", async () => {
  const cgroupfs = { driver: "cgroupfs", version: "1" };
  const socket = "unix:///var/run/docker.sock";
  mkdirSync(join(root, "memory"));
  expect(await findPlace(cgroupfs, socket, 0, "own/buildkit", root)).toMatchObject({
    parent: "own/buildkit",
  });
  expect(await findPlace(cgroupfs, socket, 1000, undefined, root)).toMatch("root");
  expect(await findPlace(cgroupfs, "tcp://other:2375", 0, undefined, root)).toMatch("another machine");
  expect(await findPlace({ driver: "none", version: "1" }, socket, 0, undefined, root)).toMatch(
    "no control groups",
  );
  expect(await findPlace({ ...cgroupfs, version: "2" }, socket, 0, undefined, root)).toMatch("not mounted");
});

test("what a step writes goes to the upper directory of its root", () => {
  const line =
    "512 511 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/a:/b,upperdir=/var/x/diff,workdir=/w";
  const others = "510 1 0:50 / /other rw - overlay overlay rw,upperdir=/wrong\n";
  expect(upperDirectory(`${others}${line}\n`, "/notes/step/rootfs")).toBe("/var/x/diff");
  // Before it has gone there, "/" is still the host's.
  const before = "513 1 0:61 / /notes/step/rootfs rw - overlay overlay rw,upperdir=/var/y/diff,workdir=/w";
  expect(upperDirectory(`${line}\n${before}\n`, "/notes/step/rootfs")).toBe("/var/y/diff");
  expect(upperDirectory("1 2 8:1 / / rw - ext4 /dev/vda rw\n", "/notes/step/rootfs")).toBeNull();
});

test("each limit is told with its figure and its setting", () => {
  const text = (hit: Parameters<typeof hitText>[0]): string => hitText(hit, limits, 1024);
  expect(text({ limit: "memory" })).toMatch(/512 MB.*PAAS_BUILD_MEMORY \(now 512m\)/);
  expect(text(memoryHit(300, limits))).toMatch(/300 MB of the 512 MB.*PAAS_BUILDS_AT_ONCE/);
  expect([memoryHit(511, limits), memoryHit(null, limits)]).toEqual([
    { limit: "memory" },
    { limit: "memory" },
  ]);
  expect(text(unseenHit("own"))).toMatch(/ran out of memory, of which builds have 512 MB/);
  expect(text(unseenHit("shared"))).toMatch(/before it had the 512 MB.*PAAS_BUILDS_AT_ONCE/);
  expect(text(unseenHit(null))).toMatch(/killed from outside.*512 MB.*push again/);
  expect(text({ limit: "pids" })).toMatch(/100 processes.*PAAS_BUILD_PIDS \(now 100\)/);
  expect(text({ limit: "disk", usedBytes: 2 ** 31 })).toMatch(/2\.0 GiB.*PAAS_BUILD_DISK \(now 1024m\)/);
  expect(text({ limit: "free-disk", freeBytes: 2 ** 29 })).toMatch(
    /512 MiB free.*PAAS_DISK_FLOOR \(now 1024m\)/,
  );
});
