import { setPriority } from "node:os";

/** Weighs three times what a usual process does. */
const niceness = -5;

/**
 * Puts this process, and those that it starts, before others in want of the CPU: to the kernel all containers and builds of an engine together
 * may weigh as little, or as much, as one usual process. Without the right to do so the router stands where all do.
 */
export function comeFirst(): void {
  try {
    setPriority(niceness);
  } catch (error) {
    const { info } = error as { info?: { code?: string } };
    if (info?.code !== "EACCES" && info?.code !== "EPERM") throw error;
  }
}
