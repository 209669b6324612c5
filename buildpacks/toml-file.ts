import { parse } from "smol-toml";
import type { z } from "zod";
import { PaasError } from "../core/error";

/** Reads a TOML file of the repository; throws `build_failed` that names the file and what is wrong with it. */
export function parseTomlFile<T>(name: string, text: string, schema: z.ZodType<T>): T {
  let toml: unknown;
  try {
    toml = parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PaasError("build_failed", `${name} is not valid TOML: ${reason.split("\n")[0]?.slice(0, 200)}`);
  }
  const parsed = schema.safeParse(toml);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "it";
  throw new PaasError("build_failed", `${name}: ${place} is not as it should be (${issue?.message}).`);
}
