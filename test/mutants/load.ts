import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { transformSync } from "@swc/core";
import type { Planner } from "../builders/random-world/planner";
import type { Mutant } from "./planner";

const core = join(__dirname, "../../core");
/** Files that may be mutated, and so are compiled anew together; the rest of core is taken as it is. */
const deciding = new Set<string>([
  "plan",
  "plan-rotation",
  "plan-world",
  "plan-rest",
  "buckets",
  "plan-command",
  "plan-bake",
  "rolling",
  "under-way",
]);

/** The scheduler's deciding part with one fault in it. Throws when the mutant's text is not in the source exactly once. */
export function loadMutant(mutant: Mutant): Planner {
  const loaded = new Map<string, object>();
  const load = (name: string): object => {
    const known = loaded.get(name);
    if (known) return known;
    const exports = {};
    loaded.set(name, exports);
    const run = new Function("require", "exports", compile(name, name === mutant.file ? mutant : null));
    run(
      (wanted: string) => (deciding.has(basename(wanted)) ? load(basename(wanted)) : realOf(wanted)),
      exports,
    );
    return exports;
  };
  return { ...load("plan"), ...load("under-way") } as Planner;
}

const realOf = (wanted: string): unknown =>
  wanted.startsWith(".") ? require(join(core, wanted)) : createRequire(__filename)(wanted);

function compile(name: string, mutant: Mutant | null): string {
  const source = readFileSync(join(core, `${name}.ts`), "utf8");
  const parts = mutant ? source.split(mutant.text) : [source];
  if (mutant && parts.length !== 2)
    throw new Error(`${mutant.fault}: its text is ${parts.length - 1} times in core/${name}.ts`);
  return transformSync(parts.join(mutant?.becomes ?? ""), {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  }).code;
}
