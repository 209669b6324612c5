import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { PaasError } from "../../core/error";
import type { Settings } from "../../core/settings";
import { supervisorPaths } from "../paths";
import { isRunning, type ProcessIdentity } from "../processes/identity";
import { lockHolder } from "../processes/lock";
import { newsLine, type StartMessage, welcome } from "../report";
import type { RoleNews } from "../roles/role-keeper";
import { readStatus } from "../status-file";

export interface BackgroundOptions {
  settings: Settings;
  /** This program, to be run as `<mainPath> start`. */
  mainPath: string;
  env: Record<string, string>;
  print: (line: string) => void;
}

/** `paas up --detach`: starts the platform in the background and returns when it is ready; throws with the reason when it is not. */
export async function runInBackground(options: BackgroundOptions): Promise<void> {
  const holder = lockHolder(supervisorPaths(options.settings.dataDir).lock);
  if (holder !== undefined) await waitForOther(options, holder);
  else await startSupervisor(options);
  options.print(welcome(options.settings));
}

/** Somebody else has started it, perhaps a moment ago. */
async function waitForOther({ settings, print }: BackgroundOptions, holder: ProcessIdentity): Promise<void> {
  const { status, log } = supervisorPaths(settings.dataDir);
  while (!readStatus(status)?.ready) {
    if (!isRunning(holder))
      throw new PaasError(
        "unavailable",
        `The supervisor (pid ${holder.pid}) could not start the platform. Its log: ${log}`,
      );
    await delay(100);
  }
  print(`The platform is already running (supervisor ${holder.pid}).`);
}

async function startSupervisor({ settings, mainPath, env, print }: BackgroundOptions): Promise<void> {
  const child = spawn(process.execPath, [...supervisorNodeOptions, mainPath, "start"], {
    cwd: "/",
    env,
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const progress = new Progress(print);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("message", (message: StartMessage) => {
        if ("news" in message) progress.show(message.news);
        else if ("failed" in message) reject(new PaasError(message.failed.code, message.failed.message));
        else resolve();
      });
      child.once("error", reject);
      child.once("exit", (code, by) =>
        reject(
          new PaasError(
            "internal",
            `The supervisor ended unexpectedly (${by ?? `exit code ${code}`}). Its log: ${supervisorPaths(settings.dataDir).log}`,
          ),
        ),
      );
    });
  } finally {
    progress.end();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** The supervisor watches and waits; it needs no more than this. */
export const supervisorNodeOptions = ["--max-old-space-size=64", "--max-semi-space-size=1"];

const showAfterMs = 1000;

/** A line when a role is ready, and one before that when it takes over a second. */
class Progress {
  readonly #print: (line: string) => void;
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  show(news: RoleNews): void {
    if (news.what === "starting") {
      const timer = setTimeout(() => this.#print(`${news.role} is starting ...`), showAfterMs);
      this.#waiting.set(news.role, timer);
    } else if (news.what === "ready") clearTimeout(this.#waiting.get(news.role));
    const line = newsLine(news);
    if (line !== undefined) this.#print(line);
  }

  end(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }
}
