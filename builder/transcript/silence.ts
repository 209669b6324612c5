import { detail } from "../../core/transcript";
import type { Write } from "./transcript";

/** So long a build may say nothing before it is told that it goes on. */
const silenceMs = 60_000;

/**
 * Says of a build that it goes on while its step is silent: npm installs for minutes without a word, and who waits cannot tell it from one
 * that hangs. `end` stops that.
 */
export function breakSilence(write: Write): { write: Write; end(): void } {
  let minutes = 0;
  const timer = setInterval(() => {
    minutes += 1;
    write(detail(`(still at it, no output for ${minutes} min)`));
  }, silenceMs);
  return {
    write(text) {
      minutes = 0;
      timer.refresh();
      write(text);
    },
    end: () => clearInterval(timer),
  };
}
