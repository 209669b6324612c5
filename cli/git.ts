import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { PaasError } from "../core/error";

/** Runs git in a directory; resolves with exit code and output. Throws `unavailable` when there is no git. */
export async function git(
  cwd: string,
  args: string[],
  input = "",
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = spawn("git", args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new PaasError("unavailable", "git cannot be run: install it first.", { cause })),
    );
    child.on("close", (code) => resolve(code ?? 1));
  });
  // Its exit code tells; a git that ends before it has read its input is no second fault.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(input);
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

/** Runs git and throws with its own words when it fails. */
export async function mustGit(cwd: string, args: string[], input = ""): Promise<string> {
  const { exitCode, stdout, stderr } = await git(cwd, args, input);
  if (exitCode !== 0) throw new PaasError("conflict", `git ${args[0]} failed: ${stderr.trim()}`);
  return stdout;
}
