import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** File descriptors that a push's receive-pack gets from the server and its hook inherits: the conversation, and text for the pusher. */
const hookTalkFd = 3;
const hookOutputFd = 4;

/**
 * git's proc-receive hook: joins what receive-pack says to the server's own pipes, which it inherited. It reads nothing of what passes,
 * needs no address and no secret, and ends when any side does: the server's death closes the pipes.
 * A shell with three `cat` starts in about 3 ms; a Node.js process would need about 45.
 */
const script = `#!/bin/sh
# Written by the platform at its start; see docs/decisions/0004-node-git-server-behind-a-guard.md.
exec 5<&0
cat <&5 >&${hookTalkFd} 2>/dev/null &
exec 5<&- </dev/null
cat <&${hookOutputFd} >&2 2>/dev/null &
output=$!
cat <&${hookTalkFd} 2>/dev/null
wait $output
`;

/** Makes sure that the directory holds exactly our hook, executable; safe to repeat and to be killed in. */
export async function installHook(hooksDir: string): Promise<void> {
  const file = join(hooksDir, "proc-receive");
  await mkdir(hooksDir, { recursive: true, mode: 0o700 });
  if ((await currentScript(file)) === script) return;
  const unfinished = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(unfinished, script, { mode: 0o700 });
  await rename(unfinished, file);
}

async function currentScript(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
