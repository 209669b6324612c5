import { type Flag, flagsOf } from "./flags";
import { type Inputs, inputsOf } from "./inputs";
import { type Instruction, readInstructions } from "./instructions";
import { type MountNames, renamedMount } from "./mounts";
import { imageReferences, type Reference } from "./references";
import { refused } from "./refused";
import { refuseRemote } from "./remote";
import type { Variables } from "./variables";

export interface IsolatedDockerfile {
  /** The same Dockerfile with names of caches and secrets that no other app has. */
  text: string;
  references: Reference[];
  inputs: Inputs;
}

/**
 * Makes a repository's Dockerfile keep to its app: its caches get other names, so do secrets (the engine's cache takes what one app's secret
 * made for what another's would make, as long as they are called the same), and what would leave the build's sandbox is refused (`build_failed`).
 * Which of the references may be read is for the caller to find out.
 */
export function isolateDockerfile(text: string, given: Variables, names: MountNames): IsolatedDockerfile {
  const instructions = readInstructions(text);
  const references = imageReferences(instructions, given);
  let isolated = text;
  for (const instruction of instructions.toReversed()) {
    if (instruction.keyword === "ADD") refuseRemote(instruction);
    if (instruction.keyword !== "RUN") continue;
    for (const flag of flagsOf(instruction).toReversed()) {
      refusePrivileged(instruction, flag);
      const renamed = flag.name === "mount" ? renamedMount(flag.value, names) : null;
      if (renamed === null) continue;
      const [from, to] = [instruction.placeOf(flag.from), instruction.placeOf(flag.to - 1) + 1];
      isolated = `${isolated.slice(0, from)}--mount=${renamed}${isolated.slice(to)}`;
    }
  }
  return { text: isolated, references, inputs: inputsOf(instructions) };
}

function refusePrivileged({ line }: Instruction, { name, value }: Flag): void {
  if (
    name === "security" ||
    name === "device" ||
    (name === "network" && value !== "none" && value !== "default")
  )
    throw refused(
      line,
      `--${name}=${value} would leave the build's sandbox: builds have the default network and no privileges`,
    );
}
