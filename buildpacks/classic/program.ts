import type { Step } from "../build-plan";

const programs = "/usr/local/bin";

/** Starts every program of an app that classic buildpacks have built. */
export const profileLauncher = `${programs}/with-profile`;

/** A script of ours, on the PATH of a stage. */
export const program = (name: string, text: string): Step => ({
  do: "file",
  path: `${programs}/${name}`,
  text,
  executable: true,
});
