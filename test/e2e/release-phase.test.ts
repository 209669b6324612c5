import { setTimeout as delay } from "node:timers/promises";
import { labels } from "../../core/image";
import type { ReleaseView } from "../../core/wire";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { type ProgramResult, runProgram } from "../support/run-program";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

/** Says what it sees; with FAIL it fails, with HOLD it waits for SIGUSR1. */
const migrate = `trap 'held=' USR1
echo "begin GREETING=$GREETING"
held=$HOLD
while [ "$held" ]; do sleep 0.05; done
[ -z "$FAIL" ] || { echo "no such column"; exit 3; }
echo migrated
`;

async function files(message: string): Promise<Record<string, string>> {
  const app = await dockerApp(message);
  const Dockerfile = (app.Dockerfile ?? "").replace("server.pl message", "server.pl message migrate.sh");
  return {
    ...app,
    Dockerfile,
    "migrate.sh": migrate,
    Procfile: "web: perl server.pl\nrelease: sh migrate.sh\n",
  };
}

async function newest(project: Project): Promise<ReleaseView> {
  const { stdout } = await project.paas("releases", "--json", "-n", "1");
  return (JSON.parse(stdout) as ReleaseView[])[0] as ReleaseView;
}

const output = async (project: Project, version: number): Promise<ProgramResult> =>
  platform.cli(["releases:output", `v${version}`, "-a", project.app]);

const docker = (...words: string[]): Promise<ProgramResult> =>
  runProgram("docker", words, { env: { PATH: process.env.PATH ?? "", ...dockerHost() } });
const dockerHost = (): Record<string, string> =>
  process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {};

/** Containers of release commands. */
async function commands(): Promise<string[]> {
  const filters = [`${labels.platform}=${platform.id}`, `${labels.kind}=command`];
  const { stdout } = await docker("ps", "-aq", ...filters.flatMap((label) => ["--filter", `label=${label}`]));
  return stdout.split("\n").filter((line) => line !== "");
}

/** The command of the newest release has begun and holds. */
async function holding(project: Project, version: number): Promise<string> {
  for (;;) {
    const one = await newest(project);
    if (one.version === version && one.command === "running") {
      const [id = ""] = await commands();
      if ((await docker("logs", id)).stdout.includes("begin")) return id;
    }
    await delay(50);
  }
}

const letGo = (container: string): Promise<ProgramResult> => docker("kill", "--signal=USR1", container);

describe("an app with a release command", () => {
  let shop: Project;
  beforeAll(async () => {
    shop = await Project.create(platform, "shop");
  });

  test("starts nothing when its first release command fails, and the push says why", async () => {
    await shop.commit({
      ...(await files("one")),
      Procfile: "web: perl server.pl\nrelease: FAIL=1 sh migrate.sh\n",
    });
    const { stderr, exitCode } = await shop.push("main");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("no such column");
    expect(stderr).toContain("v1 failed: the release command ended with exit code 3");
    expect(stderr).not.toContain("Starting web.1");
    expect(await shop.remoteTip()).toBe("");
    expect(await output(shop, 1)).toMatchObject({
      exitCode: 11,
      stdout: "begin GREETING=\nno such column\n",
    });
  });

  test("runs it in the new image before anything starts, streamed to the pusher", async () => {
    await shop.commit(await files("one"));
    const { stderr, exitCode } = await shop.push("main");
    expect(exitCode).toBe(0);
    const said = [
      "Running the release command: sh migrate.sh",
      "begin",
      "migrated",
      "Starting web.1",
      "deployed as v2",
    ];
    expect(said.map((text) => stderr.indexOf(text))).toEqual(
      said.map((text) => stderr.indexOf(text)).sort((a, b) => a - b),
    );
    expect(stderr).toContain("migrated");
    expect(await shop.page()).toMatchObject({ status: 200, body: "one" });
    expect(await output(shop, 2)).toMatchObject({ exitCode: 0, stdout: "begin GREETING=\nmigrated\n" });
    expect((await shop.paas("logs", "-n", "1000")).stdout).toContain("app[release.2]: migrated");
    while ((await commands()).length > 0) await delay(50);
  });

  test("runs it on a config change in the new config; a failure leaves everything as it was", async () => {
    await shop.paas("config:set", "GREETING=hi $HOME");
    expect((await output(shop, 3)).stdout).toBe("begin GREETING=hi $HOME\nmigrated\n");
    const failed = await platform.cli(["config:set", "FAIL=1", "GREETING=bye", "-a", "shop"]);
    expect(failed.exitCode).toBe(11);
    expect(failed.stderr).toContain("v4 failed: the release command ended with exit code 3");
    expect((await shop.page("/env/GREETING")).body).toBe("hi $HOME");
    expect((await shop.paas("config:get", "GREETING")).stdout).toBe("hi $HOME\n");
    expect((await shop.paas("releases")).stdout).toMatch(/v4 .*\(release command failed\)/);
  });

  test("leaves it out in an emergency, which the ledger shows", async () => {
    await shop.paas("config:set", "FAIL=1", "--no-release-phase");
    expect(await newest(shop)).toMatchObject({
      version: 5,
      state: "proven",
      command: "skipped",
      description: "Set FAIL config vars (no release phase)",
    });
  });

  test("runs it on a rollback", async () => {
    await shop.paas("rollback", "v2");
    expect(await newest(shop)).toMatchObject({ version: 6, state: "proven", command: "succeeded" });
    expect((await output(shop, 6)).stdout).toBe("begin GREETING=\nmigrated\n");
  });

  test("is served on while it runs, and a server that is killed meanwhile finds it: it runs once and finishes", async () => {
    const setting = platform.cli(["config:set", "HOLD=1", "GREETING=later", "-a", "shop"]);
    const container = await holding(shop, 7);
    await platform.killRole("server");
    expect((await shop.page("/env/GREETING")).body).toBe("");
    await letGo(container);
    expect(await setting).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("done, v7") });
    expect(await output(shop, 7)).toMatchObject({ exitCode: 0, stdout: "begin GREETING=later\nmigrated\n" });
    const { stdout } = await shop.paas("logs", "-n", "1000");
    expect(stdout.match(/app\[release\.7\]: begin/g)).toHaveLength(1);
    expect((await shop.page("/env/GREETING")).body).toBe("later");
  });

  test("whose container vanishes fails with `result unknown`, and is not run again", async () => {
    const setting = platform.cli(["config:set", "GREETING=never", "-a", "shop"]);
    const container = await holding(shop, 8);
    // Between its kill and its removal the engine tells an exit code; nobody looks then.
    await platform.whileHalted("server", () => docker("rm", "--force", container));
    const { exitCode, stderr } = await setting;
    expect(exitCode).toBe(11);
    expect(stderr).toContain("result unknown");
    expect(stderr).toContain("paas releases:retry v8");
    expect(await newest(shop)).toMatchObject({ version: 8, state: "failed", command: "unknown" });
    expect(await commands()).toEqual([]);
    expect((await shop.page("/env/GREETING")).body).toBe("later");
  });

  test("is stopped when a rollback takes its release's place", async () => {
    const setting = platform.cli(["config:set", "GREETING=late", "-a", "shop"]);
    await holding(shop, 9);
    await shop.paas("rollback", "v2");
    expect(await setting).toMatchObject({
      exitCode: 11,
      stderr: expect.stringContaining("superseded by v10"),
    });
    while ((await commands()).length > 0) await delay(50);
    expect(await newest(shop)).toMatchObject({ version: 10, state: "proven" });
    expect((await shop.page()).body).toBe("one");
  });
});
