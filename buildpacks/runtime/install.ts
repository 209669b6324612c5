import type { Step } from "../build-plan";
import type { Runtime } from "../buildpack";
import { aptInstall } from "../debian/apt";

/** How a runtime gets into a stage. */
export interface RuntimeInstall {
  /** Told where a plan installs it twice. */
  purpose?: string;
  /** Debian's packages that are the runtime. */
  packages: string[];
  /** What else the stage wants of Debian, whoever brings the runtime. */
  others?: string[];
  /** Another image of the same release, for a stage that wants less of it. */
  imageOf?: (image: string) => string;
  /** Directories of the official image that hold the runtime ... */
  imagePaths: string[];
  /** ... and what it wants of Debian. */
  imageLibraries: string[];
}

/** Brings a runtime into a stage: Debian's packages, or directories of the official image, which is a Debian of the same release. */
export function installRuntime(found: Runtime, install: RuntimeInstall): Step[] {
  const { runtime, version, from } = found;
  const title = `Installing ${runtime} ${version}${install.purpose ?? ""}`;
  const others = install.others ?? [];
  if ("debian" in from) return [aptInstall(title, [...install.packages, ...others], from.debian.suite)];
  const image = install.imageOf?.(from.image) ?? from.image;
  const packages = [...install.imageLibraries, ...others];
  return [
    ...(packages.length > 0 ? [aptInstall(`${title}: what it needs of Debian`, packages)] : []),
    ...install.imagePaths.map(
      (path): Step => ({ do: "copy", from: { image }, paths: [`${path}/`], to: `${path}/` }),
    ),
  ];
}
