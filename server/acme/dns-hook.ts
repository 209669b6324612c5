import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, readFile, stat } from "node:fs/promises";
import type { DnsRecord } from "../../core/acme";
import { isPaasError, messageOf, PaasError } from "../../core/error";
import type { Logger } from "../../core/logger";
import { maskFor } from "../../core/mask";

/** What lego's `exec` provider calls them. */
export type HookMode = "present" | "cleanup";

export interface DnsHookOptions {
  /** Absolute path. */
  program: string;
  /** File with a NAME=value in each line: the hook's environment; null: none. */
  environmentFile: string | null;
  limitMs: number;
  log: Logger;
  /** Ends a run. */
  signal: AbortSignal;
}

const maxOutputChars = 8 * 1024;
/** What is kept until its secrets are masked: one that is cut off at the beginning lies before what is shown. */
const maxHeldChars = 8 * maxOutputChars;

/**
 * The operator's program that adds and removes TXT records, in the form of lego's `exec` provider: `HOOK present|cleanup NAME. VALUE`. One run at
 * a time, since such programs read, change and write whole zones. What it says goes to the operator's log alone, without the values of its
 * environment: people of an app are not to learn how DNS is managed.
 */
export class DnsHook {
  readonly #options: DnsHookOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DnsHookOptions) {
    this.#options = options;
  }

  /** Why it could not be run at all, for people; null: it can. */
  async obstacle(): Promise<string | null> {
    const { program } = this.#options;
    try {
      await access(program, constants.X_OK);
      await this.#environment();
      return null;
    } catch (error) {
      if (isPaasError(error)) return error.message;
      return `The DNS hook ${program} cannot be run (${codeOf(error)}): see PAAS_ACME_DNS_HOOK, and its mode.`;
    }
  }

  /** Throws `unavailable` or `timeout` when it does not end well. */
  run(mode: HookMode, record: DnsRecord): Promise<void> {
    const next = this.#last.then(() => this.#run(mode, record));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #run(mode: HookMode, { name, value }: DnsRecord): Promise<void> {
    const { program, limitMs, log, signal } = this.#options;
    const environment = await this.#environment();
    const limit = AbortSignal.timeout(limitMs);
    const child = spawn(program, [mode, `${name}.`, value], {
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...environment },
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const output = outputOf(child);
    const end = await endOf(child, AbortSignal.any([limit, signal]));
    const particulars = { mode, record: name, end, output: withoutValues(output(), environment) };
    if (end === "exit code 0") {
      log.info(particulars, "the DNS hook ran");
      return;
    }
    log.warn(particulars, "the DNS hook failed");
    if (limit.aborted)
      throw new PaasError(
        "timeout",
        `The DNS hook (${mode}) did not end within ${Math.round(limitMs / 1_000)} s and was killed: see the server's log for what it said, PAAS_ACME_DNS_WAIT for the limit.`,
      );
    throw unavailable(`The DNS hook (${mode}) ended with ${end}: what it said is in the server's log.`);
  }

  async #environment(): Promise<Record<string, string>> {
    const { environmentFile: file } = this.#options;
    if (file === null) return {};
    try {
      if (((await stat(file)).mode & 0o077) !== 0)
        throw unavailable(`it is open to other users: chmod 600 ${file}`);
      return parseEnvironment(await readFile(file, "utf8"));
    } catch (error) {
      throw unavailable(`The file of PAAS_ACME_DNS_HOOK_ENV cannot be used: ${messageOf(error)}`);
    }
  }
}

/** Lines of NAME=value, values verbatim; empty ones and comments are left out. No error shows a line. */
function parseEnvironment(text: string): Record<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw unavailable(`line ${index + 1} is not NAME=value`);
    return [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** How it ended, in words. Killed with all that it started, if it is there when the signal comes. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid);
    // Whoever has left the group may hold the pipes; nobody waits for him.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  signal.addEventListener("abort", kill);
  try {
    const closed = once(child, "close");
    if (signal.aborted) kill();
    const [code, killedBy] = (await closed) as [number | null, string | null];
    return code === null ? `${killedBy}` : `exit code ${code}`;
  } catch (error) {
    return `the error ${codeOf(error)}`;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-maxHeldChars);
    });
  return () => text.trim();
}

function withoutValues(text: string, environment: Record<string, string>): string {
  const mask = maskFor(Object.values(environment))();
  return (mask.push(text) + mask.end()).slice(-maxOutputChars);
}

const unavailable = (message: string): PaasError => new PaasError("unavailable", message);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? messageOf(error);
