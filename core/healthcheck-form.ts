import { z } from "zod";
import type { HealthCheck, HealthChecks, HealthProbe } from "./healthcheck";

const port = z.number().int().min(1).max(65_535);
const status = z.number().int().min(100).max(599);
const seconds = (most: number) => z.number().min(0).max(most);

/** One check in Dokku's form; times are seconds. `warn` and `onFailure` are of schedulers that this platform has not, and do nothing. */
const formSchema = z
  .strictObject({
    type: z.enum(["startup", "readiness", "liveness"]),
    name: z.string().max(100).optional(),
    description: z.string().optional(),
    path: z
      .string()
      .regex(/^\/[\x21-\x7e]*$/, "a path begins with / and has no blanks")
      .optional(),
    port: port.optional(),
    scheme: z.literal("http", "only http is asked").optional(),
    httpHeaders: z
      .array(z.strictObject({ name: headerName(), value: headerValue() }))
      .max(50)
      .optional(),
    content: z.string().min(1).max(1_000).optional(),
    status: z.union([status, z.array(status).min(1)]).optional(),
    listening: z.boolean().optional(),
    grpc: z
      .strictObject({
        service: z
          .string()
          .regex(/^[\w.]{0,127}$/, "no service has such a name")
          .default(""),
      })
      .optional(),
    command: z.array(z.string()).min(1).optional(),
    uptime: z.number().min(0.1).max(300).optional(),
    attempts: z.number().int().min(1).max(100).default(3),
    timeout: seconds(60)
      .refine((value) => value > 0, "it must be more than 0")
      .default(5),
    wait: seconds(300)
      .refine((value) => value >= 0.1, "it must be at least 0.1")
      .default(5),
    initialDelay: seconds(300).default(0),
    warn: z.unknown().optional(),
    onFailure: z.unknown().optional(),
  })
  .superRefine((form, ctx) => {
    const ways = (["command", "uptime", "listening", "grpc"] as const).filter(
      (way) => form[way] !== undefined,
    );
    const http = (["path", "content", "status", "httpHeaders"] as const).filter(
      (key) => form[key] !== undefined,
    );
    const [first, second = http[0]] = ways;
    if (first !== undefined && second !== undefined)
      ctx.addIssue({ code: "custom", path: [second], message: `it cannot stand beside ${first}` });
  });

/** What stands under `healthchecks` of app.json. */
export const healthchecksFormSchema = z.record(z.string(), z.array(formSchema).max(20));
type Form = z.infer<typeof formSchema>;

/** Header names and values as HTTP allows them, so that a check can always be sent. */
function headerName() {
  return z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, "no header has such a name");
}
function headerValue() {
  return z.string().regex(/^[\x20-\x7e\t]{0,1000}$/, "no header has such a value");
}

/** Dokku's form in ours. */
export const healthChecksOf = (forms: Record<string, Form[]>): HealthChecks =>
  Object.fromEntries(Object.entries(forms).map(([type, checks]) => [type, checks.map(checkOf)]));

const checkOf = (form: Form): HealthCheck => ({
  type: form.type,
  name: form.name ?? null,
  probe: probeOf(form),
  attempts: form.attempts,
  timeoutMs: form.timeout * 1000,
  waitMs: form.wait * 1000,
  initialDelayMs: form.initialDelay * 1000,
});

function probeOf(form: Form): HealthProbe {
  if (form.command) return { kind: "command", argv: form.command };
  if (form.uptime !== undefined) return { kind: "uptime", ms: form.uptime * 1000 };
  const port = form.port ?? null;
  if (form.listening) return { kind: "tcp", port };
  if (form.grpc) return { kind: "grpc", port, service: form.grpc.service };
  return {
    kind: "http",
    path: form.path ?? "/",
    port,
    headers: Object.fromEntries((form.httpHeaders ?? []).map(({ name, value }) => [name, value])),
    statuses: form.status === undefined ? null : [form.status].flat(),
    content: form.content ?? null,
  };
}
