import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";

const apps = join(__dirname, "../fixtures/languages");

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 300_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(600_000);

/** Every app says in expect.json what its transcript, its page and its processes are like. */
interface Expected {
  /** Each must stand in the transcript. */
  transcript: string[];
  /** Path to what its page must contain. */
  pages: Record<string, string>;
  /** A shell command in the image and what it must say. */
  inside?: Record<string, string>;
}

const forBuilding = "for tool in gcc make git go cargo rustc javac mvn; do command -v $tool; done; id -u";

it.each(readdirSync(apps))("%s is built, serves and has no build tools in its image", async (name) => {
  const project = await Project.create(platform, name);
  cpSync(join(apps, name), project.dir, { recursive: true, filter: (path) => !path.endsWith("expect.json") });
  await project.commit({});
  const expected = JSON.parse(readFileSync(join(apps, name, "expect.json"), "utf8")) as Expected;
  const { stderr, exitCode } = await project.push("main");
  if (exitCode !== 0) throw new Error(stderr);
  for (const text of expected.transcript) expect(stderr).toContain(text);
  for (const [path, text] of Object.entries(expected.pages))
    expect((await project.page(path)).body).toContain(text);
  for (const [command, text] of Object.entries({ [forBuilding]: "1000\n", ...expected.inside }))
    expect((await project.paas("run", "sh", "-c", command)).stdout).toBe(text);
  await project.paas("destroy", name, "--confirm", name);
});
