import { argumentsOf, flagsOf, mountFields } from "./flags";
import type { Instruction } from "./instructions";
import { refused } from "./refused";
import { declarationsOf, expand, platformVariables, type Variables } from "./variables";

/** An image that a Dockerfile names, variables expanded. */
export interface Reference {
  image: string;
  line: number;
}

/** What a frontend takes for one: no tag, no slash, so that no stage is called like an app's image. */
const stageName = /^[a-z][\w.-]*$/i;

/**
 * Every image that a build of these instructions would read: FROM, COPY --from, RUN --mount from=; not scratch and not its own stages.
 * `given` are values for its ARGs. Throws `build_failed` where that cannot be told.
 */
export function imageReferences(
  instructions: Instruction[],
  given: Variables,
  arch: string = process.arch,
): Reference[] {
  const variables = platformVariables(arch);
  const stages = new Set<string>(["scratch"]);
  const references: Reference[] = [];
  let count = 0;
  const take = (image: string, line: number): void => {
    const own = stages.has(image.toLowerCase()) || (/^\d+$/.test(image) && Number(image) < count);
    if (!own) references.push({ image, line });
  };
  for (const instruction of instructions) {
    const { keyword, line } = instruction;
    if (keyword === "ARG" && count === 0) declare(variables, given, instruction);
    if (keyword === "FROM") {
      const [image = "", as = "", name = ""] = argumentsOf(instruction).split(/\s+/);
      take(expand(image, variables, line), line);
      if (as.toLowerCase() === "as" && stageName.test(name)) stages.add(name.toLowerCase());
      count += 1;
    }
    for (const image of sourcesOf(instruction)) take(image, line);
  }
  return references;
}

function declare(variables: Map<string, string>, given: Variables, { rest, line }: Instruction): void {
  for (const [name, fallback] of declarationsOf(rest)) {
    const value = given.get(name) ?? (fallback === null ? undefined : expand(fallback, variables, line));
    if (value !== undefined) variables.set(name, value);
  }
}

/** `--from` and `from=` of one instruction. The frontend expands no variable there. */
function sourcesOf(instruction: Instruction): string[] {
  if (!["COPY", "ADD", "RUN"].includes(instruction.keyword)) return [];
  const flags = flagsOf(instruction);
  const images = [
    ...flags.filter(({ name }) => name === "from").map(({ value }) => value),
    ...flags
      .filter(({ name }) => name === "mount")
      .flatMap(({ value }) =>
        mountFields(value).flatMap(([name, from]) => (name === "from" && from ? [from] : [])),
      ),
  ];
  for (const image of images)
    if (image.includes("$"))
      throw refused(
        instruction.line,
        `${image.slice(0, 80)} is a variable: name a stage here (FROM ${image.slice(0, 80)} AS tools)`,
      );
  return images;
}
