import type { ProcessTypes } from "../core/release";

/** How an image is made, as data: decided by a buildpack, rendered and built by the builder. Nothing in it is an object that acts. */
export interface BuildPlan {
  /** e.g. nodejs */
  buildpack: string;
  /** What was chosen and why, for the transcript. */
  notes: string[];
  /** Paths of the source's root that stay out of the build. */
  excludes: string[];
  /** In order; the last one is the image. A stage starts on a stack image or on an earlier stage. */
  stages: Stage[];
  /** What runs when the app has no Procfile. */
  defaultProcesses: ProcessTypes;
  /** Its steps are programs of others, which change the source as they like and speak in lines of a transcript, shown as they are. */
  verbatim?: true;
  /** The environment that the buildpacks after it are to work in. */
  exports?: Exports;
}

/** Paths of a stage. */
export interface Exports {
  stage: string;
  /** A script for a shell. */
  script: string;
  /** A directory of files that it may name, laid out as the app ... */
  files: string;
  /** ... and where the app lay when it was made. */
  builtIn: string;
}

export interface Stage {
  /** Lower-case letters. */
  name: string;
  from: { stack: "build" | "run" } | { stage: string };
  steps: Step[];
}

export type Step =
  | { do: "env"; values: Record<string, string> }
  | { do: "workdir"; path: string }
  | { do: "user"; id: number }
  /** `paths` relative to the source's root, or absolute ones of another stage or of an image. */
  | {
      do: "copy";
      from: "source" | { stage: string } | { image: string };
      paths: string[];
      to: string;
      owner?: number;
    }
  /** All of a buildpack of the builder's machine, by its path there. */
  | { do: "take"; machine: string; to: string }
  /** Text of the plan's own, as a file of the image. */
  | { do: "file"; path: string; text: string; executable?: true }
  | RunStep;

export interface RunStep {
  do: "run";
  /** What people see of it beside its output; null: nothing. */
  title: string | null;
  /** One line of shell. */
  command: string;
  caches?: Cache[];
  /** Makes the step run again when it differs from last time. */
  nonce?: string;
  /** Secrets as files of a directory, for the user with this id. */
  secrets?: { names: string[]; directory: string; owner: number };
  /** Its output is not for people. */
  forBuilder?: true;
  /** What people are told when it fails, in place of its title and exit code. */
  fault?: string;
  /** What may help them then. */
  advice?: string;
}

/** A directory kept between the builds of one app, and never shared between apps. */
export interface Cache {
  name: string;
  path: string;
  /** Who may write there; without: root. */
  owner?: number;
  /** The same for all apps: only for steps that see nothing of an app. */
  shared?: true;
}
