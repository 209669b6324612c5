import type { BuildpackSource } from "../../core/buildpack-source";

/** What a build with classic buildpacks is made of: Heroku's bin/detect, bin/compile and bin/release. */
export interface ClassicBuild {
  /** In the order they run; none of the platform's own. */
  sources: BuildpackSource[];
  /** Whether the last of them is the last of all, whose bin/release counts; else others follow, which want what they export. */
  last: boolean;
  /** The name of what they keep for the next build. */
  cache: string;
  /** Names of the config that builds get: the files of ENV_DIR. */
  configNames: string[];
  commit: string;
  /** Buildpacks run in every build, as they do at Heroku: theirs is not a step that BuildKit may remember. */
  buildId: string;
}
