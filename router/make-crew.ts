import { availableParallelism } from "node:os";
import type { Crew, CrewOptions } from "./crew";
import { SoleCrew } from "./sole-crew";
import { WorkerCrew, type WorkerCrewOptions } from "./workers/worker-crew";

/** More than that are for those who ask for them: each takes memory, and few machines have so much to route. */
const mostByDefault = 8;

/** As many as suit the machine. */
export const defaultWorkers = (): number => Math.min(availableParallelism(), mostByDefault);

/** A single worker needs no process of its own. */
export const makeCrew = (
  size: number,
  options: CrewOptions & Pick<WorkerCrewOptions, "logTo" | "onDeserted">,
): Crew => (size === 1 ? new SoleCrew(options) : new WorkerCrew({ ...options, size }));
