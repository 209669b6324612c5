import type { SourceView } from "../buildpacks/buildpack";
import type { Base } from "../core/build";
import type { BuildSettings } from "../core/build-settings";
import type { PaasError } from "../core/error";
import type { HealthCheck } from "../core/healthcheck";
import type { Image } from "../core/image";
import type { ProcessTypes } from "../core/release";
import type { Offer } from "./dockerfile/given";
import type { ContextEntry } from "./image/context-entry";
import type { Target } from "./room";
import type { AwaitStack } from "./stack/shared-stack";
import type { Write } from "./transcript/transcript";

/** One build under way. */
export interface Work {
  buildId: string;
  source: SourceView;
  /** All of the source. */
  entries: ContextEntry[];
  target: Target;
  write: Write;
  /** Of what buildpacks build on and run on. */
  stack: AwaitStack;
  settings: BuildSettings;
  offer: Offer;
  signal: AbortSignal;
  /** Ends the build with what the author of the commit is to read. */
  end(reason: PaasError): void;
}

export interface Made {
  image: Image;
  bases: Base[];
  /** Where a build may have changed the Procfile: as it is now. */
  procfile?: string | null;
  /** What the image says of its own program; for `web`, unless app.json says otherwise or a Procfile replaces the program. */
  healthChecks?: HealthCheck[];
  /** What runs without a Procfile; throws `build_failed` when nothing would. */
  defaultProcesses(): ProcessTypes;
}
