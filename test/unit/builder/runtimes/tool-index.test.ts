import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolIndex } from "../../../../builder/runtimes/tool-index";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "paas-tools-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("asks nobody while an answer is fresh", async () => {
  const found = {
    version: "24.9.0",
    url: "https://packages.example/n.tgz",
    sha512Hex: "a".repeat(128),
    foundAt: 1000,
  };
  await writeFile(join(directory, "node-x64-24.x.json"), JSON.stringify(found));
  const index = toolIndex({ directory, arch: "x64", freshMs: 500, now: () => 1400 });
  const wish = { tool: "node", range: "24.x", preferEvenMajor: true, reason: "test" } as const;
  await expect(index.find(wish)).resolves.toMatchObject({ version: "24.9.0", wish });
});
