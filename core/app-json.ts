import { z } from "zod";
import { type CronJob, checkCronJob } from "./cron";
import { invalid, messageOf } from "./error";
import type { HealthChecks } from "./healthcheck";
import { healthChecksOf, healthchecksFormSchema } from "./healthcheck-form";

const quantity = z.number().int().min(0).max(100);
const cronEntry = z.looseObject({
  command: z.string().trim().min(1).max(4_000),
  schedule: z.string().trim().max(200),
  timezone: z.string().max(100).optional(),
  concurrency_policy: z.enum(["forbid", "allow"]).optional(),
});
const appJsonSchema = z.looseObject({
  buildpacks: z
    .array(z.looseObject({ url: z.string().max(1000) }))
    .max(20)
    .optional(),
  addons: z.unknown().optional(),
  cron: z.array(cronEntry).max(100).optional(),
  env: z.unknown().optional(),
  formation: z.record(z.string(), z.looseObject({ quantity: quantity.optional() })).optional(),
  healthchecks: healthchecksFormSchema.optional(),
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** What app.json says that the platform heeds. */
export interface AppJson {
  /** Wished quantities of the first deploy: type -> how many. */
  quantities: Record<string, number>;
  /** By process type. */
  healthChecks: HealthChecks;
  cron: CronJob[];
  /** Names of buildpacks, in order; looked at by the build that uses them. */
  buildpacks: string[];
  /** Keys that Heroku or Dokku would heed, e.g. `scripts.postdeploy`. */
  unheeded: string[];
}

/** Parses app.json; null (no such file) is empty. Throws `invalid` that names the fault. */
export function parseAppJson(text: string | null): AppJson {
  if (text === null) return { quantities: {}, healthChecks: {}, cron: [], buildpacks: [], unheeded: [] };
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
  return {
    quantities,
    healthChecks: healthChecksOf(parsed.data.healthchecks ?? {}),
    cron: (parsed.data.cron ?? []).map(cronJobOf),
    buildpacks: (parsed.data.buildpacks ?? []).map(({ url }) => url.trim()),
    unheeded: unheededIn(parsed.data),
  };
}

function unheededIn({ addons, env, scripts }: z.infer<typeof appJsonSchema>): string[] {
  const { dokku, ...herokus } = scripts ?? {};
  return [
    ...(isFilled(addons) ? ["addons"] : []),
    ...(isFilled(env) ? ["env"] : []),
    ...Object.keys(herokus).map((name) => `scripts.${name}`),
    ...(isFilled(dokku) ? Object.keys(dokku).map((name) => `scripts.dokku.${name}`) : []),
  ];
}

const isFilled = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

/** `healthchecks.web[0].path` */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "it";
}

/** Whether a schedule ever comes does not depend on when it is read. */
const anyTime = new Date("2026-01-01T00:00:00.000Z");

function cronJobOf(entry: z.infer<typeof cronEntry>): CronJob {
  const job: CronJob = {
    command: entry.command,
    schedule: entry.schedule,
    timezone: entry.timezone ?? "UTC",
    overlap: entry.concurrency_policy ?? "forbid",
  };
  checkCronJob(job, anyTime);
  return job;
}
