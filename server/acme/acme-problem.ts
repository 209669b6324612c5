import { z } from "zod";
import type { AcmeAnswer } from "./acme-http";

/** A problem document (RFC 7807), as authorities send it. */
export const problemSchema = z.object({ type: z.string().default(""), detail: z.string().default("") });
export type Problem = z.infer<typeof problemSchema>;

const prefix = "urn:ietf:params:acme:error:";

/** What an authority says is wrong, by its type without the prefix: `rateLimited`, `dns`, `caa`, `badNonce` ... */
export class AcmeProblem extends Error {
  override readonly name = "AcmeProblem";
  readonly type: string;
  /** HTTP status; 0 for the problem of a challenge. */
  readonly status: number;
  /** When the authority wants to be asked again, at the earliest. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, status: number, retryAfterMs: number | null) {
    const type = problem.type.replace(prefix, "");
    super(`${problem.detail.slice(0, 500) || `it answered ${status}`}${type ? ` (${type})` : ""}`);
    this.type = type;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The problem of an answer that is none of those that were expected. */
export function problemOf(answer: AcmeAnswer, nowMs: number): AcmeProblem {
  const problem = problemSchema.safeParse(parseJson(answer.text)).data ?? { type: "", detail: "" };
  return new AcmeProblem(problem, answer.status, retryAfterMs(answer, nowMs));
}

/** Retry-After in milliseconds from now: seconds or a date; null without one. */
export function retryAfterMs({ headers }: Pick<AcmeAnswer, "headers">, nowMs: number): number | null {
  const value = headers["retry-after"];
  if (value === undefined) return null;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
