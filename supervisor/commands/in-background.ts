import { appendFileSync } from "node:fs";
import type { Settings } from "../../core/settings";
import { supervisorPaths } from "../paths";
import { logLine, type StartMessage } from "../report";
import { rotate } from "../roles/role-log";
import { start } from "./start";

export interface InBackgroundOptions {
  settings: Settings;
  distDir: string;
  env: Record<string, string>;
  stop: AbortSignal;
  /** Tells the one who waits for the start, if somebody still does. */
  send: (message: StartMessage) => void;
}

/** The other end of `runInBackground`: the supervisor itself, with a log and without a terminal. */
export async function superviseInBackground({ send, ...options }: InBackgroundOptions): Promise<void> {
  const log = (settings: Settings) => supervisorPaths(settings.dataDir).log;
  await start({
    ...options,
    tell: (news) => {
      rotate(log(options.settings));
      appendFileSync(log(options.settings), `${logLine(news, new Date())}\n`, { mode: 0o600 });
      send({ news });
    },
    onPrepared: () => undefined,
    onReady: () => send({ ready: true }),
  });
}
