import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { connectDocker } from "../docker";
import type { BenchPlatform } from "../platform";
import { FloorDeployer } from "./floor-deployer";
import { startReceiver } from "./floor-receiver";
import { makeHookedRepository } from "./floor-repository";
import type { Lane, Timing } from "./lane";
import { makeWorkingCopy, type WorkingCopy } from "./working-copy";

const token = "floor-token";

/** The least that a git-push deploy can be: receive, build, start, ask. No queue, no ledger, no router, no second instance. */
export async function startFloor(platform: BenchPlatform, baseRef: string): Promise<Lane> {
  const folder = join(platform.folder, "floor");
  const copy = await makeWorkingCopy(join(folder, "copy"), baseRef, platform.env);
  const deployer = new FloorDeployer(connectDocker(platform.env), join(folder, "floor.git"));
  const repository = await makeHookedRepository(join(folder, "floor.git"), platform.env, (commit) =>
    deployer.deploy(commit),
  );
  const receiver = await startReceiver(folder, token);
  await addRemote(copy, receiver.url, platform);
  let count = 0;
  return {
    push: () => measuredPush(copy, deployer, `floor answers ${count++}`),
    stop: async () => {
      await receiver.stop();
      await repository.stop();
      await deployer.stop();
    },
  };
}

/** The same kind of credentials as `paas create` sets up: git's own store in a file. */
async function addRemote(copy: WorkingCopy, url: URL, platform: BenchPlatform): Promise<void> {
  const store = join(platform.folder, "floor-credentials");
  await writeFile(store, `http://floor:${token}@${url.host}\n`, { mode: 0o600 });
  const git = (...args: string[]) => run("git", args, { cwd: copy.path, env: platform.env });
  await git("remote", "add", "floor", `${url.origin}/floor.git`);
  await git("config", `credential.${url.origin}.helper`, `store --file=${store}`);
}

async function measuredPush(copy: WorkingCopy, deployer: FloorDeployer, text: string): Promise<Timing> {
  await copy.change(text);
  deployer.expect(text);
  const started = performance.now();
  await copy.push("floor");
  const pushedMs = performance.now() - started;
  if (deployer.servedAt === 0)
    throw new Error("The floor's deploy failed: see what its hook wrote with `git push`.");
  const servedMs = deployer.servedAt - started;
  await deployer.removeReplaced();
  return { servedMs, pushedMs };
}
