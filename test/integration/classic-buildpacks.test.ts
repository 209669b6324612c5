import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BuildSettings } from "../../core/build-settings";
import { newId } from "../../core/id";
import { BuilderRig } from "../support/builder-rig";
import { BuildpackServer, privateToken } from "../support/buildpack-server";

let rig: BuilderRig;
let server: BuildpackServer;
let counter: string;
let greeter: string;
jest.setTimeout(300_000);
beforeAll(async () => {
  rig = await BuilderRig.open();
  server = await BuildpackServer.open();
  [counter, greeter] = [server.git("counter"), server.git("greeter")];
  await rig.startBuilder();
});
afterAll(async () => {
  await rig?.close();
  await server?.close();
});

interface Wish {
  files: Record<string, string>;
  settings?: BuildSettings;
  config?: Record<string, string>;
  appId?: string;
}

async function build({ files, settings, config = {}, appId }: Wish) {
  const directory = join(rig.directory, newId());
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text, { mode: 0o755 });
  }
  const job = rig.job(directory, { ...(settings && { settings }), ...(appId && { appId }) });
  rig.configs.set(job.buildId, config);
  const { outcome, transcript } = await rig.build(job);
  const result = outcome.status === "succeeded" ? outcome.result : null;
  return { transcript, result, failure: outcome.status === "failed" ? outcome.message : null };
}

/** What a program of the image says, started as the engine starts it. */
const runIn = ({ ref, launcher = "" }: { ref: string; launcher?: string | undefined }, ...words: string[]) =>
  execFileSync("docker", ["run", "--rm", "--entrypoint", launcher, ref, ...words], { encoding: "utf8" });

test("a buildpack from git detects, compiles with build config, and names the process types", async () => {
  const secret = `planted-${newId()}`;
  const { transcript, result } = await build({
    files: { "greeting.txt": "hello" },
    settings: { buildpacks: [`${greeter}#v1`] },
    config: { TOKEN: secret, PUBLIC_URL: "/x", COMMAND: "greet --forever" },
  });
  expect(transcript).toContain("-----> Greeter app detected\n");
  expect(transcript).toContain("       as 1000 on heroku-22 at cccc, counted nothing\n");
  expect(transcript).toContain("       PUBLIC_URL is /x\n       TOKEN is [masked]\n");
  expect(result?.processTypes).toEqual({
    web: { command: "greet --forever" },
    greet: { command: "greet once" },
  });
  if (!result) throw new Error(transcript);
  expect(runIn(result.image, "greet")).toBe("hello by profile of /app, count \n");
  const everything = execFileSync("docker", ["save", result.image.ref], {
    encoding: "latin1",
    maxBuffer: 1 << 30,
  });
  expect(everything.includes(secret)).toBe(false);
});

test("several run in order, and what one that fails did to the cache is forgotten", async () => {
  const appId = newId();
  const settings = { buildpacks: [counter, greeter] };
  const files = { "greeting.txt": "hello", "count.txt": "" };
  const first = await build({ appId, settings, files });
  expect(first.transcript).toMatch(/Build number 1\n(.*\n)*.* counted 1\n/);
  const failed = await build({ appId, settings, files: { ...files, fail: "" } });
  expect(failed.transcript).toContain("-----> Build number 2\n !     Told to fail\n");
  expect(failed.failure).toBe(`The buildpack ${counter} failed: see above what it says.`);
  expect((await build({ appId, settings, files })).transcript).toContain("-----> Build number 2\n");
  expect((await build({ settings, files })).transcript).toContain("-----> Build number 1\n");
});

test("the repository names buildpacks, from git and as a tarball, in .buildpacks before app.json", async () => {
  const greeting = {
    "greeting.txt": "hello",
    "app.json": JSON.stringify({ buildpacks: [{ url: counter }] }),
  };
  const named = await build({
    files: { ...greeting, ".buildpacks": `# ours\n${server.tarball("greeter")}\n` },
  });
  expect(named.transcript).toContain("(.buildpacks)");
  expect(named.result?.processTypes).toHaveProperty("greet");
  const { transcript, failure } = await build({ files: greeting });
  expect(transcript).toContain("(app.json)");
  expect(failure).toContain("does not know this app");
});

test("an app may be its own buildpack, which may leave a Procfile", async () => {
  const { result } = await build({
    files: {
      "bin/detect": "#!/bin/sh\necho Myself\n",
      "bin/compile": '#!/bin/sh\necho made >$1/made\necho "worker: cat made" >$1/Procfile\n',
    },
  });
  expect(result?.processTypes).toEqual({ worker: { command: "cat made" } });
  if (result) expect(runIn(result.image, "cat", "made")).toBe("made\n");
});

test("a buildpack of the platform takes what the others left", async () => {
  const { result, transcript } = await build({
    files: { "greeting.txt": "hello", "index.html": "<h1>hello</h1>" },
    settings: { buildpacks: [greeter, "static"] },
  });
  expect(result?.processTypes).toEqual({ web: { command: "serve-site" } });
  if (!result) throw new Error(transcript);
  expect(runIn(result.image, "greet")).toBe("hello by profile of /app, count \n");
});

test("a buildpack of the platform works in the environment that the others export", async () => {
  const script = `count-builds >said; echo "$COUNTED, $(command -v npm)" >>said`;
  const { result, transcript } = await build({
    files: {
      "count.txt": "",
      "package.json": JSON.stringify({ scripts: { build: script, start: "cat said" } }),
    },
    settings: { buildpacks: [counter, "heroku/nodejs"] },
  });
  if (!result) throw new Error(transcript);
  expect(runIn(result.image, "cat", "said", "count.txt")).toBe("it is number 1\n1, /opt/node/bin/npm\n1\n");
});

test("what is secret of an address is build config, and stands nowhere", async () => {
  const git = `${counter.replace("://", "://deploy:$FETCH@")}`.replace("/counter", "/private/counter");
  const tarball = `${server.tarball("greeter").replace("/greeter", "/private/greeter")}?token=$FETCH`;
  const wish = {
    files: { "count.txt": "", "greeting.txt": "hello" },
    settings: { buildpacks: [git, tarball] },
  };
  const { transcript, result } = await build({ ...wish, config: { FETCH: privateToken } });
  expect(transcript).toContain(`-----> Fetching ${git}\n`);
  expect(transcript).toContain(`-----> Fetching ${tarball}\n`);
  expect(transcript).not.toContain(privateToken);
  expect(result?.processTypes).toHaveProperty("greet");
  expect((await build(wish)).failure).toBe(
    `Fetching ${git} wants config of builds that is not set: paas config:set --build FETCH=...`,
  );
});

test("an operator puts buildpacks on the machine: repositories, directories, tarballs", async () => {
  const directory = join(rig.directory, "buildpacks");
  server.putInto(directory, "counter", true);
  server.putInto(directory, "greeter", false);
  const buildpacks = [`file://${directory}/counter.git#v1`, `file://${directory}/greeter`];
  const files = { "count.txt": "", "greeting.txt": "hello" };
  const { transcript, result } = await build({ files, settings: { buildpacks } });
  if (!result) throw new Error(transcript);
  expect(runIn(result.image, "greet")).toBe("hello by profile of /app, count 1\n");
  const { failure } = await build({ files, settings: { buildpacks: ["file:///etc/ssl"] } });
  expect(failure).toContain(`The buildpack file:///etc/ssl is not below ${directory}`);
});

test("what cannot be fetched, and what is no buildpack, is named", async () => {
  let text = "";
  for (const name of [`${greeter}#nothing`, server.tarball("no-buildpack")]) {
    const { transcript } = await build({ files: { "greeting.txt": "" }, settings: { buildpacks: [name] } });
    const said = transcript.replace(/^-----> (Installing|Fetching).*\n/gm, "");
    text += `${said.replaceAll(server.origin, "http://example.com")}\n`;
  }
  expect(text).toMatchInlineSnapshot(`
"-----> Building with buildpacks (paas buildpacks)
       1. http://example.com/greeter.git#nothing
       There is no nothing in it.
 !     The buildpack http://example.com/greeter.git#nothing cannot be used: see above why, and name another one or mend it (paas buildpacks shows what is set).

-----> Building with buildpacks (paas buildpacks)
       1. http://example.com/no-buildpack.tgz
 !     There is no bin/detect in it: this is no buildpack of Heroku's classic API.
 !     The buildpack http://example.com/no-buildpack.tgz cannot be used: see above why, and name another one or mend it (paas buildpacks shows what is set).

"
`);
});
