import { appendFileSync } from "node:fs";
import type { Settings } from "../../core/settings";
import { supervisorPaths } from "../paths";
import { isErrno } from "../processes/identity";
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
      send({ news });
      keep(log(options.settings), logLine(news, new Date()));
    },
    onPrepared: () => undefined,
    onReady: () => send({ ready: true }),
  });
}

/** On a full disk a line is lost: who keeps the roles running must not end for that. */
function keep(log: string, line: string): void {
  try {
    rotate(log);
    appendFileSync(log, `${line}\n`, { mode: 0o600 });
  } catch (error) {
    if (!isErrno(error, "ENOSPC", "EDQUOT")) throw error;
  }
}
