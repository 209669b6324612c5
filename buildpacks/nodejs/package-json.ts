import semver from "semver";
import { z } from "zod";
import { PaasError } from "../../core/error";
import { parseJsonFile } from "../json-file";

const strings = z.record(z.string(), z.string());
const engine = z.string().optional();

const packageJsonSchema = z.looseObject({
  scripts: strings.optional(),
  engines: z.looseObject({ node: engine, npm: engine, yarn: engine, pnpm: engine, bun: engine }).optional(),
  packageManager: z.string().optional(),
  dependencies: strings.optional(),
  devDependencies: strings.optional(),
  optionalDependencies: strings.optional(),
  workspaces: z.unknown().optional(),
});
export type PackageJson = z.infer<typeof packageJsonSchema>;

/** Reads package.json; throws `build_failed` that names what is wrong with it. */
export const parsePackageJson = (text: string): PackageJson =>
  parseJsonFile("package.json", text, packageJsonSchema);

/** A version range out of package.json, checked; `place` names it to people. */
export function checkedRange(range: string, place: string): string {
  const trimmed = range.trim();
  if (semver.validRange(trimmed) !== null) return trimmed;
  throw new PaasError(
    "build_failed",
    `package.json: ${place} ${JSON.stringify(range.slice(0, 60))} is not a version range. Write for example "24.x" or ">=22 <25".`,
  );
}
