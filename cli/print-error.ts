import { errorCatalogue, isPaasError, messageOf } from "../core/error";
import { harmless } from "./table";

/** The one place that prints what went wrong; returns the exit code. */
export function printError(error: unknown, stderr: NodeJS.WritableStream): number {
  const [first = "", ...more] = textOf(error).split("\n");
  stderr.write(` !    ${harmless(first)}\n`);
  for (const line of more) stderr.write(` !    ${harmless(line)}\n`);
  return isPaasError(error) ? errorCatalogue[error.code].exit : errorCatalogue.internal.exit;
}

function textOf(error: unknown): string {
  if (!isPaasError(error)) return `paas itself broke: ${messageOf(error)}`;
  const requestId = error.code === "internal" ? error.detail?.requestId : undefined;
  return requestId ? `${error.message}\nRequest id: ${String(requestId)}` : error.message;
}
