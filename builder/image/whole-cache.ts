import { detail } from "../../core/transcript";
import type { Write } from "../transcript/transcript";
import type { BuildAnswer, ImageEngine } from "./image-engine";
import type { Trace } from "./trace";

/**
 * How an engine says that its build cache names layers that are no longer there; seen after engines were killed, and after images went that
 * shared layers with the cache. What a step's own command prints is not among it: that comes behind other words.
 */
const lostLayer =
  /^(failed to solve[^:]*: )?(failed to prepare \S+( as \S+)?: .*(no such file or directory|does not exist|not found)|failed to get layer \S+: layer does not exist|layer does not exist$)/;

/** The same engine; a build that comes upon a lost layer of the cache is done again without it, which also makes the cache whole for later ones. */
export function wholeCache(engine: ImageEngine, write: Write): ImageEngine {
  return {
    ...engine,
    async build(request, onTrace) {
      const answer = await engine.build(request, (trace) => onTrace(withoutLost(trace)));
      if (!lost(answer)) return answer;
      write(detail("The engine has lost layers of its build cache: building again without it"));
      const again = await engine.build({ ...request, withoutCache: true }, onTrace);
      return lost(again) ? { error: stillLost } : again;
    },
  };
}

const stillLost =
  "the engine has lost layers that it builds on, and building without its cache did not help. An operator can have it forget them: docker builder prune --all";

const lost = (answer: BuildAnswer): boolean => "error" in answer && lostLayer.test(answer.error);

/** The step is not the one that failed the build: it comes again. */
const withoutLost = (trace: Trace): Trace => ({
  ...trace,
  steps: trace.steps.map((step) => (lostLayer.test(step.error) ? { ...step, error: "" } : step)),
});
