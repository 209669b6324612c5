import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";

/** The app of the bench as a git repository; both lanes push the same tree. */
export interface WorkingCopy {
  path: string;
  /** Changes the one line and commits it (not measured). */
  change(text: string): Promise<void>;
  /** `git push <remote> main`; resolves when it ended well. */
  push(remote: string): Promise<void>;
}

const serverCode = (text: string) => `const express = require("express");
const message = ${JSON.stringify(text)};
const app = express();
app.get("/", (_request, response) => response.send(message));
app.listen(process.env.PORT);
`;

export async function makeWorkingCopy(
  path: string,
  baseRef: string,
  env: NodeJS.ProcessEnv,
  code = serverCode,
): Promise<WorkingCopy> {
  await mkdir(path, { recursive: true });
  const git = async (...args: string[]) =>
    void (await run("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], {
      cwd: path,
      env,
    }));
  const change = async (text: string) => {
    await writeFile(join(path, "server.js"), code(text));
    await git("add", "-A");
    await git("commit", "-q", "-m", text);
  };
  await git("init", "-q", "-b", "main");
  await writeFile(
    join(path, "Dockerfile"),
    `FROM ${baseRef}\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n`,
  );
  await change("as it was first");
  return { path, change, push: (remote) => git("push", "-q", remote, "main") };
}
