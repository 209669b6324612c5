import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { newId } from "../../core/id";
import type { BuildView, ReleaseView } from "../../core/wire";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

/** Writes files into a directory of the platform's home. */
function directoryOf(name: string, files: Record<string, string>): string {
  const directory = join(platform.home, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  return directory;
}
const newest = async (app: string): Promise<ReleaseView> =>
  (JSON.parse((await platform.cli(["releases", "-a", app, "--json"])).stdout) as [ReleaseView])[0];

test("a directory is deployed as if it had been pushed, and pushes and uploads do not stand in each other's way", async () => {
  const project = await Project.create(platform, "shop");
  const commit = await project.commit({ ...(await dockerApp("committed")), ".gitignore": "secret\n" });
  directoryOf("shop-project", { message: "not committed", secret: "x" });
  const { stdout, stderr } = await project.paas("deploy");
  const name = `directory shop-project (${commit.slice(0, 7)} and 1 change)`;
  expect(stderr).toContain(`Sending ${name} to shop... done`);
  expect(stdout).toContain("-----> Dockerfile found: building it");
  expect(stdout).toContain("deployed as v1");
  expect((await project.page()).body).toBe("not committed");
  expect(await newest("shop")).toMatchObject({ description: `Deploy ${name}`, state: "proven" });
  await project.git("fetch", "--quiet", "paas", "refs/paas/uploads");
  expect((await project.git("ls-tree", "--name-only", "FETCH_HEAD")).stdout).not.toContain("secret");

  expect((await project.push("main")).exitCode).toBe(0);
  expect((await project.page()).body).toBe("committed");
  const hidden = await project.push("main:refs/paas/uploads");
  expect([hidden.exitCode === 0, hidden.stderr]).toEqual([false, expect.stringContaining("hidden ref")]);

  const wrapped = directoryOf("unpacked/shop-1.2", await dockerApp("from an archive"));
  const archive = join(platform.home, "shop.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", join(wrapped, ".."), "shop-1.2"]);
  const { stderr: undo } = await project.paas("deploy", archive);
  expect((await project.page()).body).toBe("from an archive");
  expect(await newest("shop")).toMatchObject({ description: "Deploy archive shop.tar.gz", version: 3 });
  expect(undo).toContain("To undo: paas rollback v2 -a shop");
  await project.paas("rollback", "v1");
  expect((await project.page()).body).toBe("not committed");
});

test("an upload survives its server, and its pusher reads on to the end", async () => {
  const files = await dockerApp("survived");
  const line = `RUN echo ${newId()} begun && sleep 3`;
  const directory = directoryOf("survivor", {
    ...files,
    Dockerfile: (files.Dockerfile ?? "").replace("WORKDIR", `${line}\nWORKDIR`),
  });
  await platform.cli(["create", "survivor"]);
  const deploy = platform.cli(["deploy", directory, "-a", "survivor"]);
  const status = async (): Promise<string | undefined> =>
    (JSON.parse((await platform.cli(["builds", "-a", "survivor", "--json"])).stdout) as BuildView[])[0]
      ?.status;
  while ((await status()) !== "running") await delay(50);
  await platform.killRole("server");
  const { exitCode, stdout } = await deploy;
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("deployed as v1")]);
  expect((await platform.fetch("survivor.localhost")).body).toBe("survived");
});

test("what cannot be built is told with its exit code, and what is hostile before it is built", async () => {
  await platform.cli(["create", "broken"]);
  const directory = directoryOf("broken", { "readme.txt": "nothing to build" });
  const failed = await platform.cli(["deploy", directory, "-a", "broken"]);
  expect([failed.exitCode, failed.stdout]).toEqual([
    10,
    expect.stringContaining("Correct it and deploy again."),
  ]);

  symlinkSync("/etc", join(directory, "out"));
  execFileSync("tar", ["-cf", join(platform.home, "evil.tar"), "-P", "-C", directory, "out", "out/passwd"]);
  const evil = await platform.cli(["deploy", "evil.tar", "-a", "broken"]);
  expect([evil.exitCode, evil.stderr]).toEqual([2, expect.stringContaining("lies behind a symbolic link")]);
  execFileSync("sh", ["-c", "truncate -s 3G sparse && tar -cSf sparse.tar sparse && rm sparse"], {
    cwd: platform.home,
  });
  const sparse = await platform.cli(["deploy", "sparse.tar", "-a", "broken"]);
  expect([sparse.exitCode, sparse.stderr]).toEqual([
    2,
    expect.stringContaining("The upload cannot be taken"),
  ]);
});
