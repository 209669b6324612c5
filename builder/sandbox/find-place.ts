import { stat } from "node:fs/promises";
import type { CgroupPlace } from "./build-cgroups";

/** What an engine says of itself that decides how its builds can be limited. */
export interface EngineCgroups {
  /** cgroupfs, systemd or none. */
  driver: string;
  version: string;
}

/**
 * Where the control groups of an engine's builds are on this machine; `parent` is the setting for engines with a --cgroup-parent of their
 * own. A text instead says why builds cannot be limited from here.
 */
export async function findPlace(
  engine: EngineCgroups,
  dockerHost: string,
  uid: number,
  parent: string | undefined,
  root = "/sys/fs/cgroup",
): Promise<CgroupPlace | string> {
  if (uid !== 0) return "the builder does not run as root";
  if (!dockerHost.startsWith("unix://")) return "the engine is on another machine";
  const version = engine.version === "2" ? 2 : 1;
  const systemd = engine.driver === "systemd";
  if (!systemd && engine.driver !== "cgroupfs")
    return `the engine has no control groups (driver ${engine.driver})`;
  const place: CgroupPlace = {
    root,
    version,
    parent: parent ?? (systemd ? "system.slice" : "docker/buildkit"),
    shared: systemd,
  };
  const there = await stat(version === 1 ? `${root}/memory` : `${root}/cgroup.controllers`).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  return there ? place : "this machine's control groups are not mounted where the builder runs";
}
