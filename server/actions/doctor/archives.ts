import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataPaths } from "../../../core/data-paths";
import { type Finding, sizeText, warning, well } from "../../../core/doctor";
import type { Context } from "../context";
import type { Check } from "./check";

/** An archive is written before its build's row: a young one may be a push under way. */
const staleMs = 60 * 60_000;

export interface Archive {
  file: string;
  bytes: number;
  changedAt: number;
}

export const archivesCheck: Check = {
  name: "archives",
  look: async (ctx) => [judgeArchives(await staleArchives(ctx))],
  async fix(ctx) {
    const stale = await staleArchives(ctx);
    for (const { file } of stale)
      await rm(join(dataPaths(ctx.settings.dataDir).sources, file), { force: true });
    return stale.map(({ file, bytes }) => `removed the source archive ${file} (${sizeText(bytes)})`);
  },
};

async function staleArchives(ctx: Context): Promise<Archive[]> {
  const folder = dataPaths(ctx.settings.dataDir).sources;
  const archives: Archive[] = [];
  for (const file of await readdir(folder)) {
    const found = await stat(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (found) archives.push({ file, bytes: found.size, changedAt: found.mtimeMs });
  }
  const open = (await ctx.store.builds.open()).map(({ id }) => id);
  return staleAmong(archives, open, Date.now());
}

/** Those of no build that is queued or running. */
export function staleAmong(archives: Archive[], openBuilds: string[], now: number): Archive[] {
  return archives.filter(
    ({ file, changedAt }) => now - changedAt > staleMs && !openBuilds.some((id) => file.startsWith(`${id}.`)),
  );
}

export function judgeArchives(stale: Archive[]): Finding {
  if (stale.length === 0) return well("archives", "no source archive outlived its build");
  const bytes = stale.reduce((sum, each) => sum + each.bytes, 0);
  return warning("archives", {
    what: `${stale.length} source archives of builds that are over, ${sizeText(bytes)}`,
    meaning: "They take disk and are of no use: git has what was pushed.",
    remedy: "paas doctor --fix removes them.",
    fixable: true,
  });
}
