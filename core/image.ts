/** Labels that every container, network and image of the platform carries. */
export const labelPrefix = "paas";

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
