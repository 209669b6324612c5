import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copyApp } from "./fixture-app";
import { startPlatform, type TestPlatform } from "./platform";
import { Project } from "./project";
import { type Vendored, vendor } from "./vendored";

/** What an app's expect.json says: what it gets, and what its transcript, its pages and its image are to be. */
interface Expected {
  /** The directory that is the app; without: all of it. */
  root?: string;
  vendored?: Vendored;
  config?: string[];
  buildConfig?: string[];
  /** Each must stand in the transcript. */
  transcript: string[];
  /** Path to what its page must contain. */
  pages: Record<string, string>;
  /** A shell command in the image and what it must say. */
  inside?: Record<string, string>;
}

const forBuilding = "for tool in gcc make git go cargo rustc javac mvn; do command -v $tool; done; id -u";

/** Copies an app with what it vendors, and says what is expected of it. */
export async function copyExpected(from: string, directory: string): Promise<Expected> {
  const file = join(from, "expect.json");
  await copyApp(from, directory, (path) => path !== file);
  const nothing: Expected = { transcript: [], pages: {} };
  const expected = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Expected) : nothing;
  if (expected.vendored) await vendor(expected.vendored, directory);
  return expected;
}

/** A test for each app in `fixtures/<kind>`, all on one platform. */
export function testEachApp(kind: string): void {
  const apps = join(__dirname, "../fixtures", kind);
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 300_000);
  afterAll(() => platform?.stop(), 120_000);
  jest.setTimeout(600_000);
  it.each(readdirSync(apps))("%s is built, serves and has no build tools in its image", (name) =>
    expectServed(platform, apps, name),
  );
}

/** Pushes the app in a directory, and looks whether it is built and serves as its expect.json says, without build tools in its image. */
async function expectServed(platform: TestPlatform, apps: string, name: string): Promise<void> {
  const project = await Project.create(platform, name);
  const expected = await copyExpected(join(apps, name), project.dir);
  if (expected.config) await project.paas("config:set", ...expected.config);
  if (expected.buildConfig) await project.paas("config:set", "--build", ...expected.buildConfig);
  await project.commit({});
  if (expected.root !== undefined) await project.paas("builds:set", "--root", expected.root);
  const { stderr, exitCode } = await project.push("main");
  if (exitCode !== 0) throw new Error(stderr);
  for (const text of expected.transcript) expect(stderr).toContain(text);
  for (const [path, text] of Object.entries(expected.pages))
    expect((await project.page(path)).body).toContain(text);
  for (const [command, text] of Object.entries({ [forBuilding]: "1000\n", ...expected.inside }))
    expect((await project.paas("run", "sh", "-c", command)).stdout).toBe(text);
  await project.paas("destroy", name, "--confirm", name);
}
