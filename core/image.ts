/** Labels that every container, network and image of the platform carries. */
export const labelPrefix = "paas";

/** Names of the labels; builder and engines write and read the same ones. */
export const labels = {
  platform: `${labelPrefix}.platform`,
  app: `${labelPrefix}.app`,
  /** What a thing is: instance, run, network, image. */
  kind: `${labelPrefix}.kind`,
  commit: `${labelPrefix}.commit`,
  commitDate: `${labelPrefix}.commit-date`,
  /** On the stack images only: build or run. They belong to no platform; all platforms of an engine share them. */
  stack: `${labelPrefix}.stack`,
} as const;

/** What a build leaves behind. Identified by `id` (the engine's content id); `ref` is its tag. */
export interface Image {
  id: string;
  ref: string;
  /** Buildpack images run without any capability; Dockerfile ones get a short documented list. */
  madeBy: "buildpack" | "dockerfile";
  /** Value of PORT: a Dockerfile's single EXPOSE, else 5000. */
  port: number;
}

export const defaultPort = 5000;

/** The tag of what one build leaves behind. */
export const imageRef = (platformId: string, appId: string, buildId: string): string =>
  `${labelPrefix}/${platformId}/${appId}:${buildId}`;
