import { types } from "node:util";
import { type ErrorCode, PaasError } from "../../../core/error";
import { EngineHangs } from "./patience";

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
]);

const codeOfStatus = (status: number): ErrorCode => {
  if (status === 404) return "not_found";
  if (status === 403 || status === 409) return "conflict";
  return status < 500 ? "invalid" : "unavailable";
};

/** The HTTP status with which the engine refused a call; undefined for anything else that was thrown. */
export function statusOf(error: unknown): number | undefined {
  const status = types.isNativeError(error) && "statusCode" in error ? error.statusCode : undefined;
  return typeof status === "number" ? status : undefined;
}

/** The engine's own words, without dockerode's decoration and bounded: they may quote an image's settings. */
function reasonOf(error: Error): string {
  const json = "json" in error ? error.json : undefined;
  const message = typeof json === "object" && json !== null && "message" in json ? json.message : undefined;
  return (typeof message === "string" ? message : error.message).slice(0, 500);
}

/** Translates what dockerode threw to a PaasError; `what` begins the sentence, e.g. `Could not start web.1`. PaasErrors pass. */
export function engineError(what: string, error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  if (!types.isNativeError(error)) return new PaasError("internal", `${what}: ${String(error)}`);
  const status = statusOf(error);
  if (status !== undefined)
    return new PaasError(codeOfStatus(status), `${what}: ${reasonOf(error)}`, { cause: error });
  if (error instanceof EngineHangs) return hangs(what, error);
  const code = "code" in error ? String(error.code) : "";
  if (connectionCodes.has(code))
    return new PaasError(
      "unavailable",
      `${what}: the Docker Engine does not answer (${code}). Is dockerd running?`,
      {
        cause: error,
      },
    );
  return new PaasError("internal", `${what}: ${error.message}`, { cause: error });
}

const hangs = (what: string, error: EngineHangs): PaasError =>
  new PaasError(
    "timeout",
    `${what}: the Docker Engine gave ${error.message}. It is tried again; if that goes on, see the log of dockerd and restart it.`,
    { cause: error },
  );

/** Awaits a call of the engine, translating its errors. */
export async function engineCall<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw engineError(what, error);
  }
}

/** As engineCall, where the given statuses (404 gone, 304 already, 409 in progress) mean success: then the answer is undefined. */
export async function engineCallUnless<T>(
  what: string,
  statuses: number[],
  call: Promise<T>,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw engineError(what, error);
  }
}
