import { z } from "zod";
import { invalid, messageOf } from "./error";
import type { HealthChecks } from "./healthcheck";
import { healthChecksOf, healthchecksFormSchema } from "./healthcheck-form";

const quantity = z.number().int().min(0).max(100);
const appJsonSchema = z.looseObject({
  formation: z.record(z.string(), z.looseObject({ quantity: quantity.optional() })).optional(),
  healthchecks: healthchecksFormSchema.optional(),
});

/** What app.json says that the platform heeds. */
export interface AppJson {
  /** Wished quantities of the first deploy: type -> how many. */
  quantities: Record<string, number>;
  /** By process type. */
  healthChecks: HealthChecks;
}

/** Parses app.json; null (no such file) is empty. Throws `invalid` that names the fault. */
export function parseAppJson(text: string | null): AppJson {
  if (text === null) return { quantities: {}, healthChecks: {} };
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw invalid(`app.json is not valid JSON: ${messageOf(error).slice(0, 200)}`);
  }
  const parsed = appJsonSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      `app.json: ${pathOf(issue?.path ?? [])} is not as it should be (${issue?.message ?? "unknown"}).`,
    );
  }
  const quantities: Record<string, number> = {};
  for (const [type, { quantity }] of Object.entries(parsed.data.formation ?? {}))
    if (quantity !== undefined) quantities[type] = quantity;
  return { quantities, healthChecks: healthChecksOf(parsed.data.healthchecks ?? {}) };
}

/** `healthchecks.web[0].path` */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "it";
}
