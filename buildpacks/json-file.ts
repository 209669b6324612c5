import type { z } from "zod";
import { PaasError } from "../core/error";

/** Reads a JSON file of the repository; throws `build_failed` that names the file and what is wrong with it. */
export function parseJsonFile<T>(name: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Newer releases of Node.js add line and column to some of them.
    const short = reason.replace(/ \(line \d+ column \d+\)$/, "").slice(0, 200);
    throw new PaasError("build_failed", `${name} is not valid JSON: ${short}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "it";
  throw new PaasError(
    "build_failed",
    `${name}: ${place} is not as it should be (${issue?.message ?? "unknown"}).`,
  );
}
