import { timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Context } from "../context";
import { sourceToken } from "../deploys/deploy-build";

/** Most archives are one piece. */
const pieceBytes = 1 << 18;

/** The source archive of a build, for whoever has that build's own token; null otherwise. */
export async function openSource(ctx: Context, buildId: string, token: string): Promise<Readable | null> {
  if (!isBuildToken(ctx, buildId, token)) return null;
  try {
    const file = await open(ctx.deploys.sourceFile(buildId));
    return createReadStream("", { fd: file, highWaterMark: pieceBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Whether a token is this build's own. */
export function isBuildToken(ctx: Context, buildId: string, token: string): boolean {
  const expected = Buffer.from(sourceToken(ctx, buildId));
  const given = Buffer.from(token);
  return /^[a-z0-9]+$/.test(buildId) && expected.length === given.length && timingSafeEqual(expected, given);
}
