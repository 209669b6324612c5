import semver from "semver";
import { z } from "zod";
import { PaasError } from "../../core/error";

const strings = z.record(z.string(), z.string());

const packageJsonSchema = z.looseObject({
  scripts: strings.optional(),
  engines: z.looseObject({ node: z.string().optional(), npm: z.string().optional() }).optional(),
  packageManager: z.string().optional(),
  dependencies: strings.optional(),
  devDependencies: strings.optional(),
  optionalDependencies: strings.optional(),
  workspaces: z.unknown().optional(),
});
export type PackageJson = z.infer<typeof packageJsonSchema>;

/** Reads package.json; throws `build_failed` that names what is wrong with it. */
export function parsePackageJson(text: string): PackageJson {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PaasError("build_failed", `package.json is not valid JSON: ${reason.slice(0, 200)}`);
  }
  const parsed = packageJsonSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "it";
  throw new PaasError(
    "build_failed",
    `package.json: ${place} is not as it should be (${issue?.message ?? "unknown"}).`,
  );
}

/** A version range out of package.json, checked; `place` names it to people. */
export function checkedRange(range: string, place: string): string {
  const trimmed = range.trim();
  if (semver.validRange(trimmed) !== null) return trimmed;
  throw new PaasError(
    "build_failed",
    `package.json: ${place} ${JSON.stringify(range.slice(0, 60))} is not a version range. Write for example "24.x" or ">=22 <25".`,
  );
}
