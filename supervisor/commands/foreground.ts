import { dataPaths } from "../../core/data-paths";
import type { Settings } from "../../core/settings";
import { followLogs } from "../follow-logs";
import { newsLine, welcome } from "../report";
import { start } from "./start";

export interface ForegroundOptions {
  settings: Settings;
  distDir: string;
  env: Record<string, string>;
  stop: AbortSignal;
  /** Takes a line for the person at the terminal. */
  print: (line: string) => void;
}

/** `paas up`: everything in the foreground, the roles' logs prefixed with their names, until interrupted. */
export async function runInForeground({ print, ...options }: ForegroundOptions): Promise<void> {
  const following = new AbortController();
  try {
    await start({
      ...options,
      tell: (news) => {
        const line = newsLine(news);
        if (line !== undefined) print(line);
      },
      onPrepared: ({ dataDir }) => followLogs(dataPaths(dataDir).roleLogs, print, following.signal),
      onReady: (settings) => print(welcome(settings)),
    });
  } finally {
    following.abort();
  }
}
