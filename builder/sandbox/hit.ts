import { sizeText } from "../../core/doctor";
import type { Limits } from "../../core/formation";

/** A limit that a build step ran into. */
export type Hit =
  | { limit: "memory" | "pids" }
  | { limit: "disk"; usedBytes: number }
  | { limit: "free-disk"; freeBytes: number };

/** What the author of the commit reads: which limit, its figure, and how it is raised. */
export function hitText(hit: Hit, limits: Limits, floorMb: number): string {
  const raise = (setting: string, now: string): string => `An operator can raise it: ${setting} (now ${now})`;
  switch (hit.limit) {
    case "memory":
      return `it was ended because it ran out of memory, of which builds have ${limits.memoryMb} MB. ${raise("PAAS_BUILD_MEMORY", `${limits.memoryMb}m`)}.`;
    case "pids":
      return `it was ended because it started more than ${limits.pids} processes, the limit of builds. ${raise("PAAS_BUILD_PIDS", `${limits.pids}`)}.`;
    case "disk":
      return `it was ended because it wrote ${sizeText(hit.usedBytes)}, over the limit of builds. ${raise("PAAS_BUILD_DISK", `${limits.diskMb}m`)}.`;
    case "free-disk":
      return `it was ended because it left ${sizeText(hit.freeBytes)} free on the engine's disk, of which ${floorMb} MB stay free. Free some with paas gc, enlarge the disk, or lower PAAS_DISK_FLOOR (now ${floorMb}m).`;
  }
}
