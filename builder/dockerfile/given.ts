import { detail } from "../../core/transcript";
import type { BuildConfig } from "../source/build-config";
import type { Write } from "../transcript/transcript";
import type { Inputs } from "./inputs";

/** What a build of a Dockerfile may be given. */
export interface Offer {
  commit: string;
  branch: string | undefined;
  config: BuildConfig;
}

/** Values for ARGs, whether declared or not: what the platform says of the source comes before config. */
export function argValues({ commit, branch, config }: Offer): Map<string, string> {
  const values = new Map([...config].map(([name, value]) => [name, value.reveal()]));
  values.set("SOURCE_VERSION", commit);
  if (branch !== undefined) values.set("SOURCE_BRANCH", branch);
  return values;
}

/** Build arguments that change how the engine builds: one of them has it fetch another frontend. */
const ofEngine = /^BUILDKIT_/;

/** The part of an offer that a Dockerfile asks for, secrets as it calls them by now, and a word on what is worth one. */
export function given(
  offer: Offer,
  { args, secrets }: Inputs,
  secretId: (name: string) => string,
  write: Write,
) {
  const asked = [...argValues(offer)].filter(([name]) => args.has(name) && !ofEngine.test(name));
  const buildArgs = Object.fromEntries(asked);
  for (const name of Object.keys(buildArgs))
    if (offer.config.has(name))
      write(
        detail(
          `ARG ${name} stays in the image's history: if it is a secret, take it by RUN --mount=type=secret,id=${name}`,
        ),
      );
  const missing = [...secrets].find((id) => !offer.config.has(id));
  if (missing !== undefined)
    write(detail(`The secret ${missing} is not set for builds: paas config:set --build ${missing}=...`));
  const taken = [...offer.config].filter(([name]) => secrets.has(name));
  return { buildArgs, secrets: new Map(taken.map(([name, value]) => [secretId(name), value])) };
}
