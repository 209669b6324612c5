/** Each kind of step and its arguments: plain data, so that plans can be logged and compared. */
export interface StepMap {
  /** Run the release command, or go on following the one that runs. */
  command: { releaseId: string; version: number };
  /** Start an instance of the release at a place. */
  start: { releaseId: string; type: string; slot: number; specHash: string };
  /** Look again when one of the instances has become ready, something was told, or the time has come. */
  wait: { instanceIds: string[]; until: number };
  /** Make these instances the app's rotation; done when every live router has acknowledged it. */
  publish: {
    releaseId: string | null;
    version: number | null;
    instanceIds: string[];
    /** What becomes of requests: those of an empty rotation are held while it will have a member in a moment, and refused else. */
    mode: "serve" | "hold" | "none";
    /** Whether this is the moment a pending release takes over. */
    switches: boolean;
  };
  /** The release runs as wanted and is routed to: it is the app's now. */
  prove: { releaseId: string; version: number };
  /** The bake of a release is over, or cannot go on; one that failed it is failed, and desired falls back to the release before it. */
  endBake: {
    releaseId: string;
    version: number;
    outcome: "passed" | "failed" | "stopped";
    instanceId: string | null;
    reason: string;
  };
  /** The release failed; desired falls back to the last proven one. */
  abandon: { releaseId: string; version: number; instanceId: string | null; reason: string };
  /** End an instance, or the container of a command that is over: SIGTERM, grace, SIGKILL, removal. */
  stop: { instanceId: string; why: "replaced" | "crashed" | "lost" | "unready" | "unhealthy" | "over" };
}

export type StepKind = keyof StepMap;
export type StepOf<K extends StepKind> = { kind: K } & StepMap[K];
export type Step = { [K in StepKind]: StepOf<K> }[StepKind];
