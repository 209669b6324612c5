import { readFileSync } from "node:fs";
import { z } from "zod";
import { writeDurably } from "./durable-file";
import { isErrno, type ProcessIdentity } from "./processes/identity";

const identity = { pid: z.number().int(), startTime: z.string(), bootId: z.string() };

const statusSchema = z.object({
  ...identity,
  /** Whether all roles have been ready once. */
  ready: z.boolean(),
  roles: z.array(
    z.object({
      ...identity,
      name: z.string(),
      /** ISO 8601. */
      since: z.string(),
      restarts: z.number().int(),
      fingerprint: z.string(),
    }),
  ),
});

/** `<data>/run/supervisor.json`: who supervises and what runs. Good for a look; what is alive is asked of /proc. */
export type SupervisorStatus = z.infer<typeof statusSchema>;

export function writeStatus(path: string, status: SupervisorStatus): void {
  writeDurably(path, `${JSON.stringify(status, null, 2)}\n`);
}

/** The last status written; undefined when there is none or it cannot be read as one (of another version). */
export function readStatus(path: string): SupervisorStatus | undefined {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The fingerprint a process was started with, as the status says. */
export function fingerprintIn(
  status: SupervisorStatus | undefined,
  process: ProcessIdentity,
): string | undefined {
  return status?.roles.find(
    (role) =>
      role.pid === process.pid && role.startTime === process.startTime && role.bootId === process.bootId,
  )?.fingerprint;
}
