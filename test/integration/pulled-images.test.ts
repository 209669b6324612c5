import { execFileSync } from "node:child_process";
import { recordPulled } from "../../builder/queue/pulled-images";
import { newId } from "../../core/id";
import { keysFor } from "../../core/keys";
import { collectPulled } from "../../server/actions/garbage/collect-pulled";
import { connectDocker } from "../../server/engines/docker/connection";
import { DockerImages } from "../../server/engines/docker/images";
import { BuildQueue } from "../../server/queue/build-queue";
import { OwnRedis } from "../support/own-redis";

const redis = new OwnRedis();
const platformId = `t${newId(8)}`;
const keys = keysFor(platformId);
const images = new DockerImages(
  connectDocker(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock"),
  platformId,
);
const made = new Set<string>();
let queue: BuildQueue;
beforeAll(async () => {
  await redis.start();
  queue = new BuildQueue(redis.url, keys, () => undefined);
});
afterAll(async () => {
  for (const ref of made) await images.remove(ref);
  await queue.close();
  await redis.stop();
});

/** An image as small as can be; its id. */
function makeImage(ref: string): string {
  made.add(ref);
  const input = execFileSync("tar", ["-c", "--files-from", "/dev/null"]);
  return String(execFileSync("docker", ["import", "--message", newId(), "-", ref], { input })).trim();
}

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
const names = async (dryRun: boolean, days: number): Promise<string[]> =>
  (await collectPulled({ queue, images }, dryRun, inDays(days))).map(({ name }) => name);
const there = async (...refs: string[]): Promise<boolean[]> =>
  Promise.all(refs.map(async (ref) => (await images.describe(ref)) !== null));

test("an image that builds pulled goes when none has used it for a week; what an operator pulled never does", async () => {
  const pulls = recordPulled(redis.url, keys);
  const [ours, used, theirs, again] = ["ours", "used", "theirs", "again"].map(
    (name) => `${name}-${newId()}:1`,
  ) as [string, string, string, string];
  for (const ref of [ours, used, again]) await pulls.pulled(ref, makeImage(ref));
  makeImage(theirs);
  await pulls.used(theirs);
  makeImage(again); // the same name, pulled anew by somebody since then

  expect(await names(false, 6.9)).toEqual([]);
  expect((await names(true, 7.1)).sort()).toEqual([ours, used].sort());
  expect(await there(ours, used, theirs, again)).toEqual([true, true, true, true]);

  execFileSync("docker", ["rmi", used]);
  expect(await names(false, 7.1)).toEqual([ours]);
  expect(await there(ours, theirs, again)).toEqual([false, true, true]);
  expect(await names(false, 7.1)).toEqual([]);
  expect(await queue.pulledImages()).toEqual(new Map());
});

test("a build that begins with it keeps it for another week", async () => {
  const pulls = recordPulled(redis.url, keys);
  const ref = `kept-${newId()}:1`;
  await pulls.pulled(ref, makeImage(ref));
  const before = (await queue.pulledImages()).get(ref);
  await pulls.used(ref);
  const after = (await queue.pulledImages()).get(ref);
  expect(Date.parse(after?.usedAt ?? "")).toBeGreaterThan(Date.parse(before?.usedAt ?? ""));
  expect(after?.imageId).toBe(before?.imageId);
});
