import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { command, tryCommand } from "./commands";
import type { EngineNames } from "./own-engine-names";

/** Removes every trace of an engine, however it died: processes, mounts, loop device, network, cgroups, files. Safe to repeat. */
export async function removeEngine(names: EngineNames): Promise<void> {
  const shimSockets = await socketsOfShims(names);
  await killProcesses(names);
  await unmountAll(names);
  await tryCommand("ip", "rule", "del", "to", names.pool, "table", names.table);
  await tryCommand("ip", "route", "flush", "table", names.table);
  await tryCommand("ip", "link", "del", names.hostEnd);
  await tryCommand("ip", "netns", "del", names.namespace);
  await removeCgroups(names);
  for (const socket of shimSockets) await rm(socket, { force: true });
  await rm(names.dir, { recursive: true, force: true });
}

/** A shim that is killed leaves its socket in a directory shared by all engines; where, it wrote down. */
async function socketsOfShims(names: EngineNames): Promise<string[]> {
  const files = await readdir(names.exec, { recursive: true }).catch(() => []);
  const notes = files.filter((file) => file.endsWith("/address"));
  const texts = await Promise.all(
    notes.map((file) => readFile(`${names.exec}/${file}`, "utf8").catch(() => "")),
  );
  return texts
    .map((text) => text.trim().replace(/^unix:\/\//, ""))
    .filter((path) => path.startsWith("/run/containerd/s/"));
}

/** Ours are those that name our directory in their arguments (engine, containerd, shims) or live in our cgroup (containers). */
export async function processesOf(names: EngineNames): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const ours = await Promise.all(
    pids.map(async (pid) => {
      if (pid === process.pid) return false;
      const [words, cgroup] = await Promise.all(
        ["cmdline", "cgroup"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return words?.includes(`${names.dir}/`) || cgroup?.includes(`/${names.cgroup}/`);
    }),
  );
  return pids.filter((_, index) => ours[index]);
}

/** Ends all of them, and waits until they are gone. */
export async function killProcesses(names: EngineNames): Promise<void> {
  for (;;) {
    const pids = await processesOf(names);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    // Strangers' children tell us no event when they end.
    await pause(20);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export async function mountsOf(names: EngineNames): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const points = lines.map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(`${names.dir}/`));
}

/** The newest first; the loop device goes with the last mount of its file system. */
async function unmountAll(names: EngineNames): Promise<void> {
  for (const point of (await mountsOf(names)).reverse()) await command("umount", point);
}

export async function cgroupsOf(names: EngineNames): Promise<string[]> {
  const roots = ["", ...(await readdir("/sys/fs/cgroup")).map((controller) => `/${controller}`)];
  const paths = roots.map((root) => `/sys/fs/cgroup${root}/${names.cgroup}`);
  const found = await Promise.all(
    paths.map((path) =>
      readdir(path, { withFileTypes: true }).then(
        () => path,
        () => null,
      ),
    ),
  );
  return found.filter((path) => path !== null);
}

async function removeCgroups(names: EngineNames): Promise<void> {
  for (const root of await cgroupsOf(names)) {
    const inner = await command("find", root, "-depth", "-type", "d");
    for (const directory of inner.trim().split("\n")) await rmdir(directory);
  }
}
