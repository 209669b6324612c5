import { sizeText } from "../../core/doctor";
import type { Limits } from "../../core/formation";

/** A limit that a build step ran into. */
export type Hit =
  | { limit: "memory" | "pids" }
  | { limit: "all-memory"; peakMb: number }
  /** It was killed, and nobody here saw why. */
  | { limit: "unseen" }
  | { limit: "disk"; usedBytes: number }
  | { limit: "free-disk"; freeBytes: number };

/** A step that the kernel killed well below its own limit fell to that of all builds together, or to the machine's. */
export const memoryHit = (peakMb: number | null, limits: Limits): Hit =>
  peakMb === null || peakMb > limits.memoryMb * 0.9 ? { limit: "memory" } : { limit: "all-memory", peakMb };

/** What the author of the commit reads: which limit, its figure, and how it is raised. */
export function hitText(hit: Hit, limits: Limits, floorMb: number): string {
  const raise = (setting: string, now: string): string => `An operator can raise it: ${setting} (now ${now})`;
  switch (hit.limit) {
    case "memory":
      return `it was ended because it ran out of memory, of which builds have ${limits.memoryMb} MB. ${raise("PAAS_BUILD_MEMORY", `${limits.memoryMb}m`)}.`;
    case "all-memory":
      return `it was ended for want of memory while it had ${hit.peakMb} MB of the ${limits.memoryMb} MB it may have: all builds together, or the machine, had no more. Push again when less is built; an operator can have fewer builds at once (PAAS_BUILDS_AT_ONCE) or give the machine more memory.`;
    case "unseen":
      return `it was killed from outside. Either it ran out of memory, of which builds have ${limits.memoryMb} MB (${raise("PAAS_BUILD_MEMORY", `${limits.memoryMb}m`)}), or somebody else on this engine ended it: then push again.`;
    case "pids":
      return `it was ended because it started more than ${limits.pids} processes, the limit of builds. ${raise("PAAS_BUILD_PIDS", `${limits.pids}`)}.`;
    case "disk":
      return `it was ended because it wrote ${sizeText(hit.usedBytes)}, over the limit of builds. ${raise("PAAS_BUILD_DISK", `${limits.diskMb}m`)}.`;
    case "free-disk":
      return `it was ended because it left ${sizeText(hit.freeBytes)} free on the engine's disk, of which ${floorMb} MB stay free. Free some with paas gc, enlarge the disk, or lower PAAS_DISK_FLOOR (now ${floorMb}m).`;
  }
}
