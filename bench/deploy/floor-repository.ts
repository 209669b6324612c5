import { readFile, writeFile } from "node:fs/promises";
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
  const served = serve(commits, answers, deploy);
  return {
    stop: async () => {
      await writeFile(commits, "");
      await served;
    },
  };
}

/** Each hook writes one line; an empty one, which no hook writes, ends it. */
async function serve(
  commits: string,
  answers: string,
  deploy: (commit: string) => Promise<void>,
): Promise<void> {
  for (;;) {
    const commit = (await readFile(commits, "utf8")).trim();
    if (commit === "") return;
    await answer(deploy(commit), answers);
  }
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
