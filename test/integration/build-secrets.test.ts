import { execFileSync } from "node:child_process";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";

let rig: BuilderRig;
let base: string;
jest.setTimeout(120_000);
beforeAll(async () => {
  base = await baseImage();
  rig = await BuilderRig.open();
  await rig.startBuilder();
});
afterAll(() => rig?.close());

async function buildFiles(files: Record<string, string>, config: Record<string, string>, appId = newId()) {
  const job = rig.job(rig.source(files), { appId });
  rig.configs.set(job.buildId, config);
  return { job, ...(await rig.build(job)) };
}

function build(lines: string[], config: Record<string, string>) {
  // The engine's cache outlives a test run: nothing is to come from it.
  const text = [`FROM ${base}`, `ENV RUN_ID=${newId()}`, ...lines, 'CMD ["true"]', ""].join("\n");
  return buildFiles({ Dockerfile: text }, config);
}

/** All that anybody could read of an image: its history, its config, and every byte of every layer. */
function everythingOf(ref: string): string {
  const options = { encoding: "latin1", maxBuffer: 1 << 30 } as const;
  return [
    execFileSync("docker", ["history", "--no-trunc", ref], options),
    execFileSync("docker", ["inspect", ref], options),
    execFileSync("docker", ["save", ref], options),
  ].join("\n");
}

test("a secret mount gets its config var, which is in no layer, no history and no transcript", async () => {
  const secret = `planted-${newId()}-secret`;
  const unasked = `unasked-${newId()}-secret`;
  const { outcome, transcript } = await build(
    [
      "RUN --mount=type=secret,id=TOKEN,required=true wc -c < /run/secrets/TOKEN && cat /run/secrets/TOKEN",
      "RUN --mount=type=secret,id=TOKEN cut -c1-9 /run/secrets/TOKEN && env && sleep 2",
    ],
    { TOKEN: secret, UNASKED: unasked },
  );
  expect(outcome.status).toBe("succeeded");
  expect(transcript).toContain(`${secret.length}`);
  expect(transcript).toContain("[masked]");
  const image = outcome.status === "succeeded" ? outcome.result.image.ref : "";
  for (const text of [transcript, everythingOf(image)])
    for (const value of [secret, unasked]) expect(text.includes(value)).toBe(false);
});

test("declared ARGs get what the platform knows of the source, and config that was chosen for builds", async () => {
  const { job, transcript } = await build(
    [
      "ARG SOURCE_VERSION",
      "ARG SOURCE_BRANCH",
      "ARG PUBLIC_URL=none",
      'RUN echo "version $SOURCE_VERSION of $SOURCE_BRANCH at $PUBLIC_URL"',
      "RUN --mount=type=secret,id=MISSING test ! -e /run/secrets/MISSING",
    ],
    { PUBLIC_URL: "/x" },
  );
  expect(transcript).toContain(`version ${job.commit} of main at /x\n`);
  expect(transcript).toContain("ARG PUBLIC_URL stays in the image's history");
  expect(transcript).toContain("The secret MISSING is not set for builds: paas config:set --build MISSING=");
});

test("a buildpack's steps get config as their environment, which is in no layer, no history and no transcript, and a change of it builds anew", async () => {
  const app = {
    "package.json": JSON.stringify({
      name: newId(),
      scripts: { build: "node build.js", start: "node build.js" },
    }),
    "build.js": `const { TOKEN = "", UNASKED } = process.env;
console.log("token of", TOKEN.length, "starts with", TOKEN.slice(0, 7), "and is", TOKEN);
require("node:fs").writeFileSync("length", String(TOKEN.length));`,
  };
  const appId = newId();
  const secret = `planted-it's "$HOME"\n-${newId()}`;
  const first = await buildFiles(app, { TOKEN: secret }, appId);
  expect([first.outcome.status, first.transcript]).toEqual([
    "succeeded",
    expect.stringContaining("Config of builds: TOKEN"),
  ]);
  expect(first.transcript).toContain(`token of ${secret.length} starts with planted and is`);
  const image = first.outcome.status === "succeeded" ? first.outcome.result.image.ref : "";
  for (const text of [first.transcript, everythingOf(image)])
    for (const part of secret.split("\n")) expect(text.includes(part)).toBe(false);

  const same = await buildFiles(app, { TOKEN: secret }, appId);
  expect(same.transcript).toMatch(/npm run build \(cached\)/);
  const changed = await buildFiles(app, { TOKEN: "planted" }, appId);
  expect(changed.transcript).toContain("token of 7 starts with");
  const none = await buildFiles(app, {}, appId);
  expect(none.transcript).toContain("token of 0 starts with");
  expect(none.transcript).not.toContain("Config of builds");
});
