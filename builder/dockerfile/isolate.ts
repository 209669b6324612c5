import { type Flag, flagsOf, mountFields } from "./flags";
import { type Inputs, inputsOf } from "./inputs";
import { type Instruction, readInstructions } from "./instructions";
import { imageReferences, type Reference } from "./references";
import { refused } from "./refused";
import { refuseRemote } from "./remote";
import type { Variables } from "./variables";

export interface IsolatedDockerfile {
  /** The same Dockerfile with cache names that no other app has. */
  text: string;
  references: Reference[];
  inputs: Inputs;
}

/**
 * Makes a repository's Dockerfile keep to its app: caches are renamed with `cacheId`, and what would leave the build's sandbox is refused
 * (`build_failed`). Which of the references may be read is for the caller to find out.
 */
export function isolateDockerfile(
  text: string,
  given: Variables,
  cacheId: (name: string) => string,
): IsolatedDockerfile {
  const instructions = readInstructions(text);
  const references = imageReferences(instructions, given);
  let isolated = text;
  for (const instruction of instructions.toReversed()) {
    if (instruction.keyword === "ADD") refuseRemote(instruction);
    if (instruction.keyword !== "RUN") continue;
    for (const flag of flagsOf(instruction).toReversed()) {
      refusePrivileged(instruction, flag);
      const renamed = flag.name === "mount" ? renamedCache(flag.value, cacheId) : null;
      if (renamed === null) continue;
      const [from, to] = [instruction.placeOf(flag.from), instruction.placeOf(flag.to - 1) + 1];
      isolated = `${isolated.slice(0, from)}--mount=${renamed}${isolated.slice(to)}`;
    }
  }
  return { text: isolated, references, inputs: inputsOf(instructions) };
}

/** A cache mount under the app's own name; null for mounts of other kinds. Without an id, its target is its name. */
function renamedCache(value: string, cacheId: (name: string) => string): string | null {
  const fields = mountFields(value);
  const last = (...names: string[]): string | null =>
    fields.findLast(([name]) => names.includes(name))?.[1] ?? null;
  if (last("type")?.toLowerCase() !== "cache") return null;
  const id = last("id") ?? last("target", "dst", "destination") ?? "";
  const others = fields.filter(([name]) => name !== "id");
  return [
    ...others.map(([name, field]) => (field === null ? name : `${name}=${field}`)),
    `id=${cacheId(id)}`,
  ].join(",");
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
