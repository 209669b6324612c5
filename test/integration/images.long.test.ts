import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BuildJob } from "../../core/build";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";
import { type BuiltImage, builtImage, saidIn } from "../support/built-image";
import { copyExpected } from "../support/expected-app";

/*
 * What every image is, whatever it was made of: the same to the byte for the same commit, labelled, run by a plain user, and without what
 * only builds want. Apps have caches of their own, so another app's build of the same files does every step anew that sees them.
 */

const fixtures = join(__dirname, "../fixtures");
const inFolder = (kind: string): string[] =>
  readdirSync(join(fixtures, kind)).map((name) => `${kind}/${name}`);
const apps = [
  ...inFolder("languages"),
  ...inFolder("node"),
  ...inFolder("dockerfiles"),
  "apps/static-site",
  "apps/node-express",
];

/** Package managers of Node.js are no build tools: `npm start` wants one. */
const forBuilding =
  "cc gcc g++ ld make pkg-config git curl go cargo rustc javac mvn gradle composer pip pip3 uv poetry pipenv";
const leftBehind =
  "/root/.npm /root/.cache /root/.m2 /var/cache/pip /var/cache/go /var/cache/java /var/cache/cargo /var/cache/composer /var/cache/bundle";

let rig: BuilderRig;
jest.setTimeout(900_000);
beforeAll(async () => {
  await baseImage();
  rig = await BuilderRig.open();
  await rig.startBuilder();
});
afterAll(() => rig.close());

it.each(apps)("%s becomes a small, safe image, and the same one at each build", async (app) => {
  const directory = join(rig.directory, newId());
  const { buildConfig, root } = await copyExpected(join(fixtures, app), directory);
  const settings = root === undefined ? {} : { root };
  const job = rig.job(directory, { settings });
  const imageOf = (of: BuildJob): Promise<BuiltImage> => builtWith(of, buildConfig);

  const image = await imageOf(job);
  expect(image.labels).toMatchObject({
    "paas.platform": rig.platformId,
    "paas.app": job.appId,
    "paas.commit": job.commit,
    "paas.commit-date": job.commitDate,
  });
  expect(image.user).toMatch(/^1000(:1000)?$/);
  expect(saidIn(image.id, `for tool in ${forBuilding}; do command -v $tool; done; true`)).toBe("");
  expect(saidIn(image.id, `ls -d ${leftBehind} 2>/dev/null; true`)).toBe("");

  const again = await imageOf(rig.job(directory, { settings, appId: job.appId }));
  expect(again.id).toBe(image.id);

  const anew = await imageOf(rig.job(directory, { settings }));
  expect(anew.config).toEqual(image.config);
  expect(anew.layers).toEqual(image.layers);
});

async function builtWith(job: BuildJob, config: string[] = []): Promise<BuiltImage> {
  rig.configs.set(job.buildId, Object.fromEntries(config.map((entry) => entry.split(/=(.*)/, 2))));
  const { outcome, transcript } = await rig.build(job);
  if (outcome.status !== "succeeded") throw new Error(transcript);
  return builtImage(outcome.result.image.id);
}
