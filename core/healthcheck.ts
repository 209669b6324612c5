import { z } from "zod";

const probeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("http"),
    path: z.string(),
    /** null: the port the app was told (PORT). */
    port: z.number().nullable(),
    headers: z.record(z.string(), z.string()),
    /** null: 200 to 399. */
    statuses: z.array(z.number()).nullable(),
    /** What the beginning of the body must contain. */
    content: z.string().nullable(),
  }),
  /** SERVING, by the gRPC health checking protocol; of the server as a whole when `service` is empty. */
  z.object({ kind: z.literal("grpc"), port: z.number().nullable(), service: z.string() }),
  z.object({ kind: z.literal("tcp"), port: z.number().nullable() }),
  z.object({ kind: z.literal("command"), argv: z.array(z.string()) }),
  z.object({ kind: z.literal("uptime"), ms: z.number() }),
]);

export const healthCheckSchema = z.object({
  type: z.enum(["startup", "readiness", "liveness"]),
  name: z.string().nullable(),
  probe: probeSchema,
  attempts: z.number(),
  timeoutMs: z.number(),
  waitMs: z.number(),
  initialDelayMs: z.number(),
});
/** By process type. Part of a release. */
export const healthChecksSchema = z.record(z.string(), z.array(healthCheckSchema));

export type HealthCheck = z.infer<typeof healthCheckSchema>;
export type HealthProbe = HealthCheck["probe"];
export type HealthChecks = z.infer<typeof healthChecksSchema>;

/** What an instance must pass to get requests and to count as up, in this order: startup checks, then readiness checks. */
export const startChecks = (checks: HealthChecks, type: string): HealthCheck[] => [
  ...(checks[type] ?? []).filter((check) => check.type === "startup"),
  ...(checks[type] ?? []).filter((check) => check.type === "readiness"),
];

/** What it must go on passing. */
export const livenessChecks = (checks: HealthChecks, type: string): HealthCheck[] =>
  (checks[type] ?? []).filter((check) => check.type === "liveness");

/** The longest that the start of an instance may take by its checks' own figures; 0 without any. */
export function longestStartMs(checks: HealthChecks): number {
  const lasts = (type: string) =>
    startChecks(checks, type).reduce(
      (sum, { initialDelayMs, attempts, waitMs, timeoutMs, probe }) =>
        sum + initialDelayMs + (probe.kind === "uptime" ? probe.ms : attempts * (waitMs + timeoutMs)),
      0,
    );
  return Math.max(0, ...Object.keys(checks).map(lasts));
}

/** What a check does, in people's words: `GET /health`, `the command bin/check`. */
function probeText(probe: HealthProbe): string {
  switch (probe.kind) {
    case "http":
      return `GET ${probe.port === null ? "" : `:${probe.port}`}${probe.path}`;
    case "tcp":
      return `a connection to ${probe.port === null ? "PORT" : `port ${probe.port}`}`;
    case "grpc":
      return `gRPC health${probe.service === "" ? "" : ` of ${probe.service}`}${probe.port === null ? "" : ` at port ${probe.port}`}`;
    case "command":
      return `the command ${probe.argv.join(" ")}`;
    case "uptime":
      return `running for ${probe.ms / 1000} s`;
  }
}

/** All that a check goes by, for people: `startup check (GET /health), 3 attempts of 5 s, 10 s apart`. Of headers only the names: values may be secret. */
export function checkDetails(check: HealthCheck): string {
  const { probe, attempts, timeoutMs, waitMs, initialDelayMs } = check;
  const headers = probe.kind === "http" ? Object.keys(probe.headers) : [];
  return [
    checkText(check),
    ...(headers.length > 0 ? [`with ${headers.join(", ")}`] : []),
    ...(probe.kind === "http" && probe.statuses ? [`expects ${probe.statuses.join(" or ")}`] : []),
    ...(probe.kind === "http" && probe.content !== null ? [`expects ${JSON.stringify(probe.content)}`] : []),
    ...(initialDelayMs > 0 ? [`after ${initialDelayMs / 1000} s`] : []),
    ...(probe.kind === "uptime"
      ? []
      : [
          `${attempts} ${attempts === 1 ? "attempt" : "attempts"} of ${timeoutMs / 1000} s, ${waitMs / 1000} s apart`,
        ]),
  ].join(", ");
}

/** `startup check "web check" (GET /health)` */
export const checkText = ({ type, name, probe }: HealthCheck): string =>
  `${type} check ${name === null ? "" : `${JSON.stringify(name)} `}(${probeText(probe)})`;
