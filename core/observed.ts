import type { BakeCount } from "./bake";
import type { Place } from "./instance";
import type { AppRoute } from "./route";

/** One instance as the world shows it, with what the platform remembers of it. Times are milliseconds since the epoch. */
export interface ObservedInstance extends Place {
  id: string;
  releaseId: string;
  specHash: string;
  /** `ending`: it was told to end, and is not to be relied on any more. */
  state: "created" | "running" | "ending" | "exited";
  startedAt: number;
  readyAt: number | null;
  exitCode: number | null;
  /** Exited because its engine or its host did: nobody's fault. */
  lost: boolean;
  /** Why a health check gave it up; null while it is thought healthy. */
  unhealthy: string | null;
  /** When it left the rotation; null while it is in it or never was. */
  leftRotationAt: number | null;
}

/** The container of a release command; its id is the release's. */
export interface ObservedCommand {
  releaseId: string;
  state: "created" | "running" | "exited";
}

/** Past crashes of a place with one spec. */
export interface CrashRecord extends Place {
  specHash: string;
  count: number;
  lastAt: number;
}

/** A photograph of what runs for one app. `now` is part of it: the planner has no clock. */
export interface Observed {
  now: number;
  instances: ObservedInstance[];
  /** Containers of release commands. */
  commands: ObservedCommand[];
  crashes: CrashRecord[];
  table: {
    /** What was published last; null: never anything. */
    mode: AppRoute["mode"] | null;
    /** Instance ids in that rotation. */
    targets: string[];
    /** Whether every live router routes by that publication (or a newer one). */
    acknowledged: boolean;
  };
  /** Requests and connections in flight by instance id; an instance that is absent has none. */
  inFlight: Record<string, number>;
  /** How many of those are streams, which drain within a limit of their own. */
  streams: Record<string, number>;
  /** What was counted of the release that bakes; null when none does, or no router knows. */
  bake: BakeCount | null;
}
