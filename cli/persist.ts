import { setTimeout as pause } from "node:timers/promises";
import { isPaasError } from "../core/error";

/** Waits between attempts, in ms: a server that is being restarted, even after several deaths in a row, is back within them. */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000];

/** Repeats a harmless act while the platform cannot be reached, a few times. */
export async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await act();
    } catch (error) {
      if (!isPaasError(error, "unavailable")) throw error;
      await pause(waitMs);
    }
  }
  return act();
}
