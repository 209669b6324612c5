import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface ProgramResult {
  stdout: string;
  stderr: string;
  /** 128 + the signal's number is not guessed at: a killed program has -1. */
  exitCode: number;
}

/** Runs a program to its end with exactly the environment given. */
export async function runProgram(
  command: string,
  argv: string[],
  options: {
    env: Record<string, string>;
    cwd?: string;
    input?: string;
    /** Told what it says on stderr as it comes. */
    onStderr?: (chunk: string) => void;
  },
): Promise<ProgramResult> {
  const child = spawn(command, argv, { env: options.env, cwd: options.cwd ?? "/" });
  // A program that reads nothing closes its stdin early.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? -1));
  });
  const { onStderr } = options;
  if (onStderr) child.stderr.on("data", (chunk: Buffer) => onStderr(chunk.toString("utf8")));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode };
}
