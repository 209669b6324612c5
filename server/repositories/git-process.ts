import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { PaasError } from "../../core/error";

export interface GitResult {
  code: number;
  stdout: string;
  /** Git's own words, for a message or the operator's log. */
  stderr: string;
}

const maxStderrChars = 8 * 1024;
const maxStdoutBytes = 16 * 1024 * 1024;

/** Starts git with exactly this environment, in its own process group: a Ctrl-C meant for the server does not cut a transaction. */
export function spawnGit(
  environment: Record<string, string>,
  args: string[],
  options: Pick<SpawnOptions, "stdio" | "cwd"> = {},
): ChildProcess {
  const child = spawn("git", args, { stdio: "pipe", ...options, env: environment, detached: true });
  // Without descriptors left a child has no pipes either, and who fails over that no longer listens: unheard, this would end the server.
  child.on("error", () => undefined);
  return child;
}

/** The beginning of what a process says on stderr; read as it comes, so that the pipe never fills. */
export function stderrOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < maxStderrChars) text += chunk;
  });
  return () => text.slice(0, maxStderrChars).trim();
}

/** Resolves with the exit code when the process has ended and its output was read; 128 + signal is told as 255. Throws if it never started. */
export async function endOf(child: ChildProcess): Promise<number> {
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code ?? 255;
  } catch (cause) {
    throw new PaasError("unavailable", "The server cannot start git: is the package git installed on it?", {
      cause,
    });
  }
}

/** Runs git to its end, with this on its stdin. Any exit code is a result. */
export async function runGit(
  environment: Record<string, string>,
  args: string[],
  cwd?: string,
  input?: string,
): Promise<GitResult> {
  const child = spawnGit(environment, args, {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const stderr = stderrOf(child);
  child.stdin?.on("error", () => undefined); // one that ends before it has read all of it; its exit code tells
  child.stdin?.end(input);
  let bytes = 0;
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxStdoutBytes) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  const code = await endOf(child);
  return { code, stdout: Buffer.concat(chunks).toString("utf8"), stderr: stderr() };
}

/** A git command failed in a way that no pusher caused. */
export function gitFault(what: string, result: Pick<GitResult, "code" | "stderr">): PaasError {
  return new PaasError(
    "internal",
    `git could not ${what} (exit ${result.code}): ${result.stderr || "it said nothing"}`,
  );
}
