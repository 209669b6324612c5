import type { Sensitive } from "../../core/env";
import type { HealthCheck } from "../../core/healthcheck";
import type { ContextEntry } from "./context-entry";
import type { Trace } from "./trace";

/** What builds need of a container engine, in our own types. */
export interface ImageEngine {
  /**
   * Builds from the files of a context, its Dockerfile among them. A build that fails is an answer, not an exception;
   * throws `unavailable` when the engine itself breaks off.
   */
  build(request: BuildRequest, onTrace: (trace: Trace) => void): Promise<BuildAnswer>;
  /** What an image says of itself; null when it is not there. */
  inspect(ref: string): Promise<ImageFacts | null>;
  /** Makes an image out of a tar file that holds a root file system. */
  importRoot(tarFile: string, ref: string): Promise<void>;
  /** Pulls an image; throws when it cannot, or when nothing moves for `idleMs`. */
  pull(ref: string, idleMs: number): Promise<void>;
  untag(ref: string): Promise<void>;
  info(): Promise<EngineInfo>;
}

export interface EngineInfo {
  /** Where it keeps images, on its own machine. */
  dataDir: string;
  cgroups: { driver: string; version: string };
}

export interface BuildRequest {
  context: ContextEntry[];
  /** Path of the Dockerfile in the context. */
  dockerfile: string;
  ref: string;
  labels: Record<string, string>;
  /** Stage to build; without: the last. */
  stage?: string | undefined;
  /** Values for the ARGs that the Dockerfile declares; they stay in the image's history. */
  buildArgs?: Record<string, string>;
  /** For RUN --mount=type=secret, by id; they stay nowhere. */
  secrets?: ReadonlyMap<string, Sensitive<string>>;
  signal?: AbortSignal;
  /** By which its steps are told from others on the engine (`sandbox/mark.ts`). */
  mark?: string;
  /** Every step is done anew; its own cache mounts it finds as they are. */
  withoutCache?: boolean;
}

export type BuildAnswer = { imageId: string } | { error: string };

export interface ImageFacts {
  id: string;
  /** Of the registry it was pulled from; else the id. */
  digest: string;
  labels: Record<string, string>;
  /** e.g. ["3000/tcp"] */
  exposed: string[];
  hasCommand: boolean;
  /** Its HEALTHCHECK as checks of an instance. */
  healthChecks: HealthCheck[];
  /** Instructions that ONBUILD keeps for builds on it. */
  triggers: string[];
  sizeBytes: number;
}
