import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { runProgram } from "../support/run-program";
import { Traffic } from "../support/traffic";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

/** dockerApp whose `/health` says what the file `health` in its container says. */
async function watchedApp(healthchecks: unknown): Promise<Record<string, string>> {
  const files = await dockerApp("one");
  const server = (files["server.pl"] ?? "").replace(
    "sleep $1 if",
    'if ($path eq "/health") { $body = "fine"; if (open my $h, "<", "/tmp/health") { $body = <$h> } }\n  sleep $1 if',
  );
  return { ...files, "server.pl": server, "app.json": JSON.stringify({ healthchecks }) };
}

/** Instance names and states as `paas ps --json` tells them. */
async function instances(project: Project): Promise<Record<string, string>> {
  const { stdout } = await project.paas("ps", "--json");
  const views = JSON.parse(stdout) as { name: string; state: string }[];
  return Object.fromEntries(views.map(({ name, state }) => [name, state]));
}

describe("restarts and limits", () => {
  let shop: Project;
  let traffic: Traffic;
  beforeAll(async () => {
    shop = await Project.create(platform, "shop");
    await shop.commit(await dockerApp("one"));
    const { exitCode } = await shop.push("main");
    expect(exitCode).toBe(0);
    await shop.paas("ps:scale", "web=2");
    await shop.paas("ps:wait");
    const host = `shop.localhost:${platform.httpPort}`;
    const client = { host, path: "/", accepts: (body: string) => body === "one" };
    traffic = new Traffic(platform.httpPort, [
      { ...client, connection: "kept" },
      { ...client, connection: "new" },
    ]);
  });
  afterAll(() => traffic?.stop());

  const starts = async (place: string): Promise<number> => {
    const { stdout } = await shop.paas("logs", "-n", "10000", "-i", place);
    return stdout.split("\n").filter((line) => line.includes("Starting process")).length;
  };

  test("one place, then all, without a lost request", async () => {
    expect([await starts("web.1"), await starts("web.2")]).toEqual([1, 1]);
    await shop.paas("ps:restart", "web.2");
    await shop.paas("ps:wait");
    expect([await starts("web.1"), await starts("web.2")]).toEqual([1, 2]);
    const { stderr } = await shop.paas("ps:restart");
    expect(stderr).toContain("done, web.1, web.2 in turn");
    await shop.paas("ps:wait");
    expect([await starts("web.1"), await starts("web.2")]).toEqual([2, 3]);
    expect(traffic.takeFailures()).toEqual([]);
  });

  test("a change of limits restarts, and the container has them", async () => {
    const { stderr } = await shop.paas(
      "resource:limit",
      "--memory",
      "96m",
      "--cpu",
      "0.5",
      "--pids",
      "100",
      "web",
    );
    expect(stderr).toContain(
      "To undo: paas resource:limit web --memory 512m --cpu 0 --pids 512 --disk 2048m -a shop",
    );
    await shop.paas("ps:wait");
    expect((await shop.paas("resource:limit", "web")).stdout).toBe(
      "web  --memory 96m --cpu 0.5 --pids 100 --disk 2048m\n",
    );
    expect(await starts("web.1")).toBe(3);
    expect(traffic.takeFailures()).toEqual([]);
  });

  test("stopping ends all, says how to start again, and that works", async () => {
    await traffic.stop();
    const { stderr } = await shop.paas("ps:stop");
    expect(stderr).toContain("To start again: paas ps:scale web=2 -a shop");
    await shop.paas("ps:wait");
    expect(await instances(shop)).toEqual({});
    expect((await shop.page()).status).toBe(503);
    await shop.paas("ps:scale", "web=1");
    await shop.paas("ps:wait");
    expect((await shop.page()).body).toBe("one");
  });
});

describe("health checks", () => {
  let app: Project;
  const quick = { attempts: 2, wait: 0.2, timeout: 5 };
  beforeAll(async () => {
    app = await Project.create(platform, "watched");
  });

  test("a bad app.json is refused before anything is built, with its place", async () => {
    await app.commit(await watchedApp({ web: [{ type: "startup", path: "health" }] }));
    const { exitCode, stderr } = await app.push("main");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("app.json: healthchecks.web[0].path is not as it should be");
    expect((await app.paas("builds", "--json")).stdout.trim()).toBe("[]");
  });

  test("a release that does not pass is refused, with what was seen", async () => {
    await app.commit(
      await watchedApp({ web: [{ type: "startup", path: "/health", content: "never", ...quick }] }),
    );
    const { exitCode, stderr } = await app.push("main");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      'web.1 did not pass its startup check (GET /health) in 2 attempts: http 200 without "never"',
    );
  });

  test("the push says which checks were passed", async () => {
    const web = [
      { type: "startup", name: "inside", command: ["test", "-f", "/app/message"], ...quick },
      { type: "readiness", path: "/health", content: "fine", ...quick },
      { type: "liveness", path: "/health", content: "fine", ...quick },
    ];
    await app.commit(await watchedApp({ web }));
    const { exitCode, stderr } = await app.push("main");
    expect(stderr).toContain(
      'web.1 is up (startup check "inside" (the command test -f /app/message): exit code 0; readiness check (GET /health): http 200 with "fine")',
    );
    expect(exitCode).toBe(0);
  });

  test("one that is no longer alive is replaced, and the app answers on", async () => {
    const container = await docker(
      "ps",
      "-q",
      "--filter",
      `label=paas.platform=${platform.id}`,
      "--filter",
      "label=paas.app-name=watched",
    );
    await docker("exec", container.trim(), "sh", "-c", "echo ill > /tmp/health");
    await logged(app, "Unhealthy: it did not pass its liveness check (GET /health) in 2 attempts");
    await logged(app, "Stopping unhealthy process with SIGTERM");
    await app.paas("ps:wait");
    expect(await instances(app)).toEqual({ "web.1": "up" });
    expect((await app.page("/health")).body).toBe("fine");
  });

  test("a crash is shown with its last lines, and other apps do not notice a loop", async () => {
    await app.commit({
      Procfile: 'web: perl server.pl\nworker: sh -c "echo first; echo last words; exit 4"\n',
    });
    expect((await app.push("main")).exitCode).toBe(0);
    await app.paas("ps:scale", "worker=1");
    await logged(app, "Process exited with status 4");
    // Its first restart comes at once: what one look shows, the next may not.
    let stdout = "";
    while (!stdout.includes("crashed with")) ({ stdout } = await app.paas("ps"));
    expect(stdout).toMatch(/worker\.1: crashed with exit code 4 .*\n {2}\| first\n {2}\| last words\n/);
    expect((await app.page()).body).toBe("one");
    expect(await platform.cli(["ps:wait", "-a", "watched", "-t", "1"])).toMatchObject({ exitCode: 75 });
  });

  test("what needs more memory than it may is said to be out of memory", async () => {
    await app.commit({ Procfile: "web: perl server.pl\nworker: perl -e '$x .= q(x) x 1048576 while 1'\n" });
    await app.paas("ps:scale", "worker=0");
    expect((await app.push("main")).exitCode).toBe(0);
    await app.paas("resource:limit", "--memory", "32m", "worker");
    await app.paas("ps:scale", "worker=1");
    await logged(
      app,
      "Error R14 (Memory quota exceeded): a program needed more than the limit of 32 MB (peak 32 MB)",
    );
    const shown = async () =>
      (await app.paas("ps")).stdout.includes("out of memory (R14, limit 32 MB, peak 32 MB)");
    while (!(await shown())) await app.page();
  });
});

/** Resolves when the app's log has the text. */
async function logged(project: Project, text: string): Promise<void> {
  while (!(await project.paas("logs", "-n", "1000")).stdout.includes(text)) await project.page();
}

async function docker(...words: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? "",
    ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
  };
  const { exitCode, stdout, stderr } = await runProgram("docker", words, { env, cwd: platform.home });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
