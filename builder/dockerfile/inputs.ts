import { flagsOf } from "./flags";
import type { Instruction } from "./instructions";
import { secretOf } from "./mounts";
import { declarationsOf } from "./variables";

/** What a Dockerfile asks to be given. */
export interface Inputs {
  /** Names of its ARGs. */
  args: ReadonlySet<string>;
  /** Ids of its RUN --mount=type=secret. */
  secrets: ReadonlySet<string>;
}

/** Only what is declared is given: of the rest, a build must learn nothing. */
export function inputsOf(instructions: Instruction[]): Inputs {
  const args = new Set<string>();
  const secrets = new Set<string>();
  for (const instruction of instructions) {
    if (instruction.keyword === "ARG") for (const [name] of declarationsOf(instruction.rest)) args.add(name);
    if (instruction.keyword !== "RUN") continue;
    for (const { name, value } of flagsOf(instruction)) {
      const secret = name === "mount" ? secretOf(value) : null;
      if (secret !== null) secrets.add(secret);
    }
  }
  return { args, secrets };
}
