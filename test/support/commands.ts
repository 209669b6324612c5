import { execFile } from "node:child_process";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** Runs a program of the host and returns its output; throws with what it said when it fails. */
export async function command(program: string, ...words: string[]): Promise<string> {
  return (await exec(program, words)).stdout;
}

/** The same, where failure is an answer too (what should go is gone already). */
export async function tryCommand(program: string, ...words: string[]): Promise<boolean> {
  return command(program, ...words).then(
    () => true,
    () => false,
  );
}
