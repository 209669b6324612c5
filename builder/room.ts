import type { Buildpack } from "../buildpacks/buildpack";
import type { ImageEngine } from "./image/image-engine";
import type { RuntimeIndex } from "./runtimes/runtime-index";
import type { ToolIndex } from "./runtimes/tool-index";
import type { Sandbox } from "./sandbox/sandbox";
import type { AwaitStack } from "./stack/shared-stack";

/** What every build of this builder shares. */
export interface BuildRoom {
  platformId: string;
  engine: ImageEngine;
  buildpacks: Buildpack[];
  tools: ToolIndex;
  runtimes: RuntimeIndex;
  /** Begins to look for the stack images, for one build. */
  stack(): AwaitStack;
  /** For files that live as long as a build. */
  directory: string;
  /** Where an operator puts buildpacks that apps may name by `file:` addresses. */
  buildpacksDirectory: string;
  /** The name of an app's cache as the engine knows it: no other app can tell or guess it. */
  cacheId(appId: string, cache: string): string;
  /** What is in the names of an app's images: no other app can tell or guess it. */
  imageSeal(appId: string): string;
  /** What holds builds within their limits; rejects with `unavailable` while the engine does not answer. */
  sandbox(): Promise<Sandbox>;
  /** How long a build may take. */
  timeoutMs: number;
}

/** One build's source and where its image goes. */
export interface Target {
  appId: string;
  ref: string;
  labels: Record<string, string>;
}
