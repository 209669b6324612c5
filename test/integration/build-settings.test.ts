import { execFileSync } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { BuildSettings } from "../../core/build-settings";
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

/** A repository with several apps in it. */
function monorepo(): string {
  return rig.source({
    Dockerfile: `FROM ${base}\nRUN echo the root\nCMD ["root"]\n`,
    "secret-of-another-app": "x",
    "apps/api/docker/web.Dockerfile": `FROM ${base} AS web\nWORKDIR /srv\nCOPY . .\nCMD ["web"]\nFROM web\nRUN exit 9\n`,
    "apps/api/src/main.txt": "api",
    "apps/api/src/left-out": "",
    "apps/api/src/.dockerignore": "left-out\n",
    "apps/api/Dockerfile": `FROM ${base}\nCOPY . /all\nCMD ["api"]\n`,
  });
}

async function filesIn(settings: BuildSettings, path: string): Promise<string[]> {
  const { outcome } = await rig.build(rig.job(monorepo(), { settings }));
  if (outcome.status !== "succeeded") throw new Error(outcome.message);
  const list = ["run", "--rm", "--entrypoint", "", outcome.result.image.id, "find", path, "-type", "f"];
  return execFileSync("docker", list, { encoding: "utf8" }).trim().split("\n").sort();
}

test("of a repository with several apps, the root is all that a build sees", async () => {
  expect(await filesIn({ root: "apps/api" }, "/all")).toEqual([
    "/all/Dockerfile",
    "/all/docker/web.Dockerfile",
    "/all/src/.dockerignore",
    "/all/src/left-out",
    "/all/src/main.txt",
  ]);
});

test("Dockerfile, context and target are what was chosen", async () => {
  const settings = {
    root: "apps/api",
    dockerfile: "docker/web.Dockerfile",
    context: "src",
    target: "web",
  };
  expect(await filesIn(settings, "/srv")).toEqual(["/srv/.dockerignore", "/srv/Dockerfile", "/srv/main.txt"]);
});

test("a file of the same path, size and time as another app's is not taken for it", async () => {
  const built = async (text: string): Promise<string> => {
    const source = pack();
    source.entry({ name: "Dockerfile", mtime: new Date(0) }, `FROM ${base}\nCOPY main.txt /\nCMD ["cat"]\n`);
    source.entry({ name: "main.txt", mtime: new Date(0) }, text);
    source.finalize();
    const { outcome } = await rig.build(rig.job(await buffer(source)));
    if (outcome.status !== "succeeded") throw new Error(outcome.message);
    const { id } = outcome.result.image;
    return execFileSync("docker", ["run", "--rm", "--entrypoint", "", id, "cat", "/main.txt"]).toString();
  };
  expect(await built("one")).toBe("one");
  expect(await built("two")).toBe("two");
});

test("a Dockerfile that is not there is named", async () => {
  const { outcome } = await rig.build(rig.job(monorepo(), { settings: { dockerfile: "no/such" } }));
  expect(outcome).toMatchObject({
    message: expect.stringContaining("There is no no/such, which is to be built"),
  });
});
