import { sizeText } from "../../core/doctor";
import type { Limits } from "../../core/formation";
import type { MemoryKill } from "./kernel-log";

/** A limit that a build step ran into. */
export type Hit =
  | { limit: "memory" | "pids" }
  /** `peakMb`: the most that the step was seen to have; null when nobody saw it. */
  | { limit: "all-memory"; peakMb: number | null }
  /** It was killed, and nobody here saw why. */
  | { limit: "unseen" }
  | { limit: "disk"; usedBytes: number }
  | { limit: "free-disk"; freeBytes: number };

/** What a build ran into whose step was killed before anybody looked. */
export function unseenHit(kill: MemoryKill | null): Hit {
  if (kill === null) return { limit: "unseen" };
  return kill === "own" ? { limit: "memory" } : { limit: "all-memory", peakMb: null };
}

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
      return `it was ended for want of memory ${hadText(hit.peakMb, limits)}: all builds together, or the machine, had no more. Push again when less is built; an operator can have fewer builds at once (PAAS_BUILDS_AT_ONCE) or give the machine more memory.`;
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

const hadText = (peakMb: number | null, { memoryMb }: Limits): string =>
  peakMb === null
    ? `before it had the ${memoryMb} MB that it may have`
    : `while it had ${peakMb} MB of the ${memoryMb} MB it may have`;
