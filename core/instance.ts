import type { ContainerLimits } from "./formation";
import type { Image } from "./image";

/** Numbers of an instance's place: people see `web.1`. */
export interface Place {
  type: string;
  slot: number;
}

export const placeName = (place: Place): string => `${place.type}.${place.slot}`;

/** All that an engine needs to start one instance of an app; `env` never leaves it. */
export interface InstanceSpec extends Place {
  /** Also part of the container's name: `<app>-<type>-<slot>-<id>`. */
  id: string;
  appId: string;
  appName: string;
  releaseId: string;
  version: number;
  generation: number;
  /** Hash of what makes two instances interchangeable; a label, so it holds nothing secret. */
  specHash: string;
  image: Image;
  command: string | null;
  /** Config vars and the platform's own (PORT, ...), verbatim. */
  env: Record<string, string>;
  limits: ContainerLimits;
  /** Fixed address in the app's subnet. */
  address: string;
}

/** The most memory that an instance had in use, and its limit. */
export interface OutOfMemory {
  peakMb: number;
  limitMb: number;
}

/** One container as the engine shows it. */
export interface EngineInstance extends Place {
  id: string;
  appId: string;
  releaseId: string;
  version: number;
  generation: number;
  specHash: string;
  address: string;
  port: number;
  state: "created" | "running" | "exited";
  startedAt: Date | null;
  exitCode: number | null;
  /** When the kernel killed one of its programs for going beyond its memory. */
  oom: OutOfMemory | null;
  finishedAt: Date | null;
  /** Whether it ended because its engine or its host did. */
  lost: boolean;
}
