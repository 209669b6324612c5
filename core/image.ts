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
  /** On the stack images only: the Debian that they were made of, as `<image>@<digest>`. */
  stackBase: `${labelPrefix}.stack-base`,
} as const;

/** What a build leaves behind. Identified by `id` (the engine's content id); `ref` is its tag. */
export interface Image {
  id: string;
  ref: string;
  /** Buildpack images run without any capability; Dockerfile ones get a short documented list. */
  madeBy: "buildpack" | "dockerfile";
  /** Value of PORT: a Dockerfile's single EXPOSE, else 5000. */
  port: number;
  /** A program of the image that starts all others, named by its path; without one they are started as they are. */
  launcher?: string | undefined;
}

/** Of a content id or a digest, as much as people read. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);

export const defaultPort = 5000;

/** The port of a single EXPOSE (`3000/tcp`); with none or several, what the platform sets. */
export function portOfExposed(exposed: string[]): number {
  const ports = exposed.flatMap((text) => /^(\d+)(?:\/tcp)?$/.exec(text)?.[1] ?? []);
  return ports.length === 1 ? Number(ports[0]) : defaultPort;
}

/** The name of what one build leaves behind; the seal is the app's, and nobody else can tell it. */
export const imageRef = (platformId: string, appId: string, buildId: string, seal: string): string =>
  `${imageName(platformId, appId)}:${buildId}-${seal}`;

/** What the names of all images of an app begin with. */
export const imageName = (platformId: string, appId: string): string =>
  `${labelPrefix}/${platformId}/${appId}`;

/** The build (or what else) that an image is named after. */
export const buildOfRef = (ref: string): string => /:([a-z0-9]+)/.exec(ref)?.[1] ?? "";
