import type { Stage } from "./build-plan";
import { appUser } from "./stack/stack";

const app = appUser.home;

/** The image of what is built to programs in `bin/`: these and the source's files, which may be templates; no toolchain. */
export const programsImage: Stage = {
  name: "image",
  from: { stack: "run" },
  steps: [
    { do: "env", values: { HOME: app, PATH: `${app}/bin:/usr/local/bin:/usr/bin:/bin` } },
    { do: "workdir", path: app },
    { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id },
    { do: "user", id: appUser.id },
  ],
};
