import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { AppCgroup, type AppCgroupOptions } from "../../../server/engines/docker/app-cgroup";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "paas-cgroups-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A kernel's files, as far as they matter. */
function kernel(...files: string[]): void {
  for (const name of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), "");
  }
}
const read = (name: string): string => readFileSync(join(root, name), "utf8");

const engine = (CgroupDriver: string, CgroupVersion?: string) =>
  ({ info: async () => ({ CgroupDriver, CgroupVersion }) }) as Docker;
const group = (docker: Docker, over: Partial<AppCgroupOptions> = {}) =>
  new AppCgroup({ docker, dockerHost: "unix:///docker.sock", uid: 0, path: "paas", root, ...over });

test("version 1: apps weigh as much as four processes", async () => {
  kernel("cpu/cgroup.procs");
  expect(await group(engine("cgroupfs")).parent()).toBe("/paas");
  expect(read("cpu/paas/cpu.shares")).toBe("4096");
});

test("version 2: the CPU is handed down to a group below others", async () => {
  kernel("cgroup.procs", "cgroup.subtree_control", "outer/cgroup.subtree_control");
  expect(await group(engine("cgroupfs", "2"), { path: "outer/apps" }).parent()).toBe("/outer/apps");
  expect([read("cgroup.subtree_control"), read("outer/cgroup.subtree_control")]).toEqual(["+cpu", "+cpu"]);
  expect(read("outer/apps/cpu.weight")).toBe("400");
});

test.each([
  ["systemd places them", engine("systemd", "2"), {}],
  ["the server is not root", engine("cgroupfs"), { uid: 1000 }],
  ["the engine is elsewhere", engine("cgroupfs"), { dockerHost: "tcp://10.0.0.1:2375" }],
])("the engine chooses where %s", async (_why, docker, over) => {
  kernel("cpu/cgroup.procs", "cgroup.procs");
  expect(await group(docker, over).parent()).toBeUndefined();
});

test("the engine chooses where control groups are not mounted", async () => {
  expect(await group(engine("cgroupfs")).parent()).toBeUndefined();
});

test("an engine that did not answer is asked again, one that did only when it may be another", async () => {
  kernel("cpu/cgroup.procs");
  const answers = ["none", "cgroupfs", "systemd"];
  const info = async () => {
    const CgroupDriver = answers.shift();
    if (CgroupDriver === "none") throw new Error("no engine");
    return { CgroupDriver };
  };
  const cgroup = group({ info } as Docker);
  await expect(cgroup.parent()).rejects.toThrow("no engine");
  expect(await cgroup.parent()).toBe("/paas");
  expect(await cgroup.parent()).toBe("/paas");
  cgroup.forget();
  expect(await cgroup.parent()).toBeUndefined();
});
