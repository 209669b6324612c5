import { watch } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { dataPaths } from "../core/data-paths";
import { Sensitive } from "../core/env";
import type { Settings } from "../core/settings";

/** Which platform this builder works for, and where its queue is. */
export interface Identity {
  platformId: string;
  secretKey: Sensitive<string>;
  redisUrl: Sensitive<string>;
}

/** Reads it from the settings where they say it, else from the data directory, waiting for the platform to write it. */
export async function readIdentity(settings: Settings): Promise<Identity> {
  const paths = dataPaths(settings.dataDir);
  return {
    platformId: await whenWritten(paths.platformId),
    secretKey: settings.secretKey ?? new Sensitive(await whenWritten(paths.secretKey)),
    redisUrl: settings.redisUrl ?? new Sensitive(await whenWritten(paths.redisUrl)),
  };
}

async function whenWritten(path: string): Promise<string> {
  const there = await contentOf(path);
  if (there !== null) return there;
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    const watcher = watch(directory);
    const settle = (act: () => void): void => {
      watcher.close();
      act();
    };
    const look = (): void => {
      contentOf(path).then(
        (content) => {
          if (content !== null) settle(() => resolve(content));
        },
        (error: unknown) => settle(() => reject(error)),
      );
    };
    watcher.on("change", look).on("error", (error) => settle(() => reject(error)));
    look();
  });
}

/** Null while it is not there or still empty. */
async function contentOf(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim() || null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
