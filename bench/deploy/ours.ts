import { join } from "node:path";
import type { BenchPlatform } from "../platform";
import { waitForAnswer } from "./answer";
import type { Lane, Timing } from "./lane";
import { makeWorkingCopy, type WorkingCopy } from "./working-copy";

const app = "bench";
/** A push that is not served by then has failed. */
const patienceMs = 60_000;

/** The platform's lane: an app, its git remote as `paas create` makes it, and the router's port. */
export async function startOurs(platform: BenchPlatform, baseRef: string): Promise<Lane> {
  const copy = await makeWorkingCopy(join(platform.folder, "ours"), baseRef, platform.env);
  await platform.paas(["create", app], copy.path);
  let count = 0;
  return {
    push: () => measuredPush(copy, platform, `paas answers ${count++}`),
    stop: async () => void (await platform.paas(["destroy", "-a", app, "--confirm", app])),
  };
}

async function measuredPush(copy: WorkingCopy, platform: BenchPlatform, text: string): Promise<Timing> {
  await copy.change(text);
  const started = performance.now();
  const sinceStart = () => performance.now() - started;
  const place = { address: "127.0.0.1", port: platform.httpPort, host: `${app}.localhost` };
  const served = waitForAnswer(place, text, AbortSignal.timeout(patienceMs)).then(sinceStart);
  const [pushedMs, servedMs] = await Promise.all([copy.push("paas").then(sinceStart), served]);
  return { servedMs, pushedMs };
}
