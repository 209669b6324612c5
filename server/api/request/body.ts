import express, { type Request, type Response } from "express";
import type { z } from "zod";
import { invalid } from "../../../core/error";

const readJson = express.json({ limit: "1mb" });
const bodyTimeoutMs = 30_000;

/** Reads and checks a JSON body; throws `invalid` naming each fault, never a value. A body that trickles in is cut off. */
export async function readBody<B>(schema: z.ZodType<B>, req: Request, res: Response): Promise<B> {
  const timer = setTimeout(() => req.destroy(), bodyTimeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      readJson(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  } finally {
    clearTimeout(timer);
  }
  if (req.body === undefined)
    throw invalid("The request needs a JSON body with Content-Type: application/json.");
  return checkShape(schema, req.body);
}

/** Checks a value from outside; throws `invalid` naming each fault, never a value. */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw invalid(`The request is not in the expected form: ${faults.join("; ")}.`);
}
