import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { run } from "../command";

/**
 * A bare repository whose post-receive hook hands the commit to this process and waits for its answer. The hook is a shell script with two
 * named pipes: a Node.js hook would spend a tenth of a second on its own start, and the floor should be as low as it can be.
 */
export async function makeHookedRepository(
  path: string,
  env: NodeJS.ProcessEnv,
  deploy: (commit: string) => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  await run("git", ["init", "-q", "--bare", "-b", "main", path], { env });
  await run("git", ["config", "http.receivepack", "true"], { cwd: path, env });
  const commits = join(path, "commits.pipe");
  const answers = join(path, "answers.pipe");
  await run("mkfifo", ["-m", "600", commits, answers]);
  await writeFile(join(path, "hooks/post-receive"), hook(commits, answers), { mode: 0o755 });
  // Opened for writing too, so that the pipe does not end when a hook does.
  const handle = await open(commits, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd: handle.fd, readable: true, writable: false });
  socket.on("data", (line) => void answer(deploy(String(line).trim()), answers));
  return { stop: async () => void socket.destroy() };
}

const hook = (commits: string, answers: string): string => `#!/bin/sh
read -r _old new _ref
echo "$new" > '${commits}'
read -r answer < '${answers}'
echo "$answer"
`;

/** The pusher reads the answer; a deploy that failed shows as a push whose change was never served. */
async function answer(deployed: Promise<void>, answers: string): Promise<void> {
  const text = await deployed.then(
    () => "deployed",
    (error: unknown) => `failed: ${String(error).replaceAll("\n", " ")}`,
  );
  await writeFile(answers, `${text}\n`);
}
