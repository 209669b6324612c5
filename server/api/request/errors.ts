import type { ErrorRequestHandler } from "express";
import { type ErrorCode, errorCatalogue, isPaasError, messageOf, PaasError } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import type { ApiError } from "../../../core/wire";
import { discardRest } from "../../git/answer";
import { requestIdOf } from "./request-id";

/** What express and its body parser call their faults; their own texts may quote the body, so they are never shown. */
const vendorFaults: Record<string, [ErrorCode, string]> = {
  "entity.too.large": ["too_large", "The body is over 1 MB."],
  "entity.parse.failed": ["invalid", "The body is not valid JSON."],
  "encoding.unsupported": ["invalid", "The body's Content-Encoding is not supported."],
  "charset.unsupported": ["invalid", "The body's charset is not supported: use UTF-8."],
  "request.size.invalid": ["invalid", "The body is not as long as Content-Length says."],
  "request.aborted": ["invalid", "The request was broken off."],
};

/** Any thrown thing as an error of the catalogue; what is not ours becomes `internal` and shows nothing of itself. */
export function translate(error: unknown): PaasError {
  if (isPaasError(error)) return error;
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  const [code, message] = vendorFaults[String(type)] ?? [];
  if (code && message) return new PaasError(code, message, { cause: error });
  if (status === 400)
    return new PaasError("invalid", "The request's address cannot be read.", { cause: error });
  return new PaasError(
    "internal",
    "Something broke inside the platform; its log has the reason under this request id.",
    { cause: error },
  );
}

export const apiError = (error: PaasError, requestId: string): ApiError => ({
  code: error.code,
  message: error.message,
  ...(error.detail === undefined ? {} : { detail: error.detail }),
  requestId,
});

/** The one place where the API turns errors into answers. */
export function errorAnswers(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const error = translate(thrown);
    const requestId = requestIdOf(res);
    if (error.code === "internal")
      log.error(
        { requestId, method: req.method, path: req.path, reason: messageOf(thrown), stack: stackOf(thrown) },
        "request failed",
      );
    if (res.headersSent) {
      res.destroy();
      return;
    }
    if (error.code === "unauthorized") res.setHeader("WWW-Authenticate", 'Bearer realm="paas"');
    if (!req.complete) res.setHeader("Connection", "close");
    const body = JSON.stringify(apiError(error, requestId));
    res
      .status(errorCatalogue[error.code].http)
      .type("json")
      .setHeader("Content-Length", Buffer.byteLength(body));
    res.write(body);
    discardRest(req, () => res.end());
  };
}

const stackOf = (thrown: unknown): string | undefined => (thrown instanceof Error ? thrown.stack : undefined);
