/** The one catalogue of errors: code -> HTTP status -> CLI exit code. Vendors' errors are translated to these at their doorway. */
export const errorCatalogue = {
  invalid: { http: 422, exit: 2 },
  unauthorized: { http: 401, exit: 3 },
  forbidden: { http: 403, exit: 3 },
  not_found: { http: 404, exit: 4 },
  conflict: { http: 409, exit: 5 },
  build_failed: { http: 422, exit: 10 },
  release_failed: { http: 422, exit: 11 },
  too_large: { http: 413, exit: 2 },
  busy: { http: 423, exit: 75 },
  unavailable: { http: 503, exit: 75 },
  timeout: { http: 504, exit: 75 },
  internal: { http: 500, exit: 70 },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorOptions {
  /** Machine-readable particulars, safe to show to the caller. */
  detail?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * An error that a person may read: its message says what happened and what to do next, and holds no secret.
 * Compared by `code`, never by its text.
 */
export class PaasError extends Error {
  override readonly name = "PaasError";
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
  }
}

/** True for an error of the given code; any code when none is given. */
export function isPaasError(error: unknown, code?: ErrorCode): error is PaasError {
  return error instanceof PaasError && (code === undefined || error.code === code);
}

export const invalid = (message: string, detail?: Record<string, unknown>): PaasError =>
  new PaasError("invalid", message, detail ? { detail } : {});
export const notFound = (message: string): PaasError => new PaasError("not_found", message);
export const conflict = (message: string): PaasError => new PaasError("conflict", message);

/** The text of anything thrown, for logs and transcripts. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
