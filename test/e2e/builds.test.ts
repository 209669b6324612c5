import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { newId } from "../../core/id";
import type { BuildView, GarbageReport } from "../../core/wire";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { SmallRegistry } from "../support/small-registry";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_BUILDS_AT_ONCE: "1", PAAS_BUILD_CACHE: "1000g" } });
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
// An engine with a large build cache measures and prunes it for minutes.
jest.setTimeout(300_000);

/** An app whose build runs a tree of processes that nobody else has, for so long. */
async function slowProject(app: string, seconds: string): Promise<Project> {
  const project = await Project.create(platform, app);
  const files = await dockerApp(app);
  const line = `RUN echo ${newId()} begun && (setsid sleep ${seconds} & sleep ${seconds})`;
  await project.commit({
    ...files,
    Dockerfile: (files.Dockerfile ?? "").replace("WORKDIR", `${line}\nWORKDIR`),
  });
  return project;
}

const builds = async (project: Project): Promise<BuildView[]> =>
  JSON.parse((await project.paas("builds", "--json")).stdout) as BuildView[];

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50);
}

const running = (command: string): boolean => {
  try {
    return execFileSync("pgrep", ["-f", `^${command}$`]).length > 0;
  } catch {
    return false; // pgrep's way of saying none
  }
};

test("what runs is built again by what its builds get now, and a branch that went on stays where it is", async () => {
  const project = await Project.create(platform, "again");
  const files = await dockerApp("one");
  const Dockerfile = (files.Dockerfile ?? "").replace(
    "WORKDIR",
    `ARG MESSAGE=none\nRUN echo $MESSAGE > /greeting\nWORKDIR`,
  );
  const first = await project.commit({ ...files, Dockerfile });
  await project.push("main");
  const greeting = async (): Promise<string> =>
    (await project.paas("run", "--no-tty", "cat", "/greeting")).stdout.trim();
  expect(await greeting()).toBe("none");
  await project.paas("config:set", "--build", "MESSAGE=hello");
  const { stdout, stderr } = await project.paas("rebuild");
  expect([await greeting(), stdout, stderr]).toEqual([
    "hello",
    expect.stringContaining(`Releasing v2: Deploy ${first.slice(0, 7)} again`),
    expect.stringContaining("To undo: paas rollback v1 -a again"),
  ]);
  const second = await project.commit({ message: "two" });
  await project.push("main");
  await project.paas("rollback", "v2");
  await project.paas("config:set", "--build", "MESSAGE=later");
  await project.paas("rebuild");
  expect([await greeting(), (await project.page()).body, await project.remoteTip()]).toEqual([
    "later",
    "one",
    second,
  ]);
});

test("a build that waits is told its place, and one that is cancelled ends with its processes and lets it begin", async () => {
  const seconds = `86400.${Date.now()}`;
  const one = await slowProject("one", seconds);
  const two = await Project.create(platform, "two");
  await two.commit(await dockerApp("two"));
  const pushOne = one.push("main");
  await until(() => running(`sleep ${seconds}`));
  const pushTwo = two.push("main");
  await until(async () => (await builds(two))[0]?.waiting != null);
  expect((await builds(two))[0]).toMatchObject({
    status: "queued",
    waiting: { place: 1, reason: "platform" },
  });
  expect((await two.paas("builds")).stdout).toContain("queued (place 1)");

  await one.paas("builds:cancel");
  const cancelledAt = Date.now();
  await until(() => !running(`sleep ${seconds}`));
  expect(Date.now() - cancelledAt).toBeLessThan(5_000);
  const refused = await pushOne;
  expect(refused.stderr.match(/remote: .*cancelled.*/g)).toEqual([
    expect.stringMatching(/ ! {5}Build cancelled by local admin\s*$/),
  ]);
  expect((await one.platform.cli(["builds:attach", "-a", "one"])).stdout.match(/.*cancelled.*/g)).toEqual([
    " !     Build cancelled by local admin",
  ]);
  expect(refused.exitCode).not.toBe(0);
  expect((await builds(one))[0]?.status).toBe("cancelled");
  const again = await platform.cli(["builds:cancel", "-a", "one"]);
  expect([again.exitCode, again.stderr]).toEqual([5, expect.stringContaining("is over: it was cancelled")]);

  const deployed = await pushTwo;
  expect(deployed.stderr).toContain(
    "the platform runs 1 build at once, and all are taken (place 1 in the line)",
  );
  expect(deployed.exitCode).toBe(0);
});

test("Ctrl-C leaves a push running, and attaching comes back to it to its end", async () => {
  const three = await slowProject("three", "4");
  const push = spawn("git", ["push", "paas", "main"], { cwd: three.dir, env: platform.env, detached: true });
  let said = "";
  push.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  await until(() => said.includes("begun"));
  const [, id] = /paas builds:attach (\S+) -a three/.exec(said) ?? [];
  process.kill(-(push.pid ?? 0), "SIGINT");
  await once(push, "exit");
  const attached = await three.paas("builds:attach", `${id}`);
  expect(attached.stdout).toContain("begun");
  expect(attached.stdout).toContain("deployed as v1");
  const retold = await three.paas("builds:attach");
  expect(retold.stdout).toContain("begun");
  expect(retold.stdout).toContain("deployed as v1");
  expect((await three.page()).body).toBe("three");
});

test("garbage is what no release needs, and goes without a deploy", async () => {
  const { id } = JSON.parse((await platform.cli(["apps:info", "-a", "two", "--json"])).stdout) as {
    id: string;
  };
  const prefix = `paas/${platform.id}/${id}:`;
  const refs = (): string[] =>
    execFileSync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"], { encoding: "utf8" })
      .split("\n")
      .filter((ref) => ref.startsWith(prefix))
      .sort();
  const needed = refs();
  expect(needed).toHaveLength(1);
  execFileSync("docker", ["tag", needed[0] ?? "", `${prefix}forgotten-1`]);
  const dry = JSON.parse((await platform.cli(["gc", "--dry-run", "--json"])).stdout) as GarbageReport;
  expect(dry.items.filter(({ kind }) => kind === "image").map(({ name }) => name)).toEqual([
    `${prefix}forgotten-1`,
  ]);
  expect(refs()).toHaveLength(2);
  expect(await platform.cli(["gc"])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("forgotten-1"),
  });
  expect(refs()).toEqual(needed);
  expect((await platform.fetch("two.localhost")).body).toBe("two");
});

const imagesCalled = (ref: string): number =>
  execFileSync("docker", ["images", "--quiet", ref], { encoding: "utf8" }).split("\n").filter(Boolean).length;

test("an image that was built elsewhere is released, and another app's is not", async () => {
  const { Dockerfile = "", ...files } = await dockerApp("from elsewhere");
  const elsewhere = join(platform.home, "elsewhere");
  mkdirSync(elsewhere);
  for (const [name, text] of Object.entries({ ...files, Dockerfile }))
    writeFileSync(join(elsewhere, name), text);
  const image = `elsewhere-${newId()}:1`;
  const env = { ...process.env, DOCKER_BUILDKIT: "0" };
  execFileSync("docker", ["build", "--quiet", "--tag", image, elsewhere], { env });
  try {
    await platform.cli(["create", "four"]);
    const { stderr, exitCode } = await platform.cli(["deploy", "--image", image, "-a", "four"]);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("done, v1")]);
    expect((await platform.fetch("four.localhost")).body).toBe("from elsewhere");
    // The name that an operator gave it is his; one that the platform pulled it by goes again.
    const registry = await SmallRegistry.of(image);
    try {
      const pulled = await platform.cli(["deploy", "--image", registry.ref, "-a", "four"]);
      expect([pulled.exitCode, pulled.stderr]).toEqual([0, expect.stringContaining("done, v2")]);
      expect([imagesCalled(image), imagesCalled(registry.ref)]).toEqual([1, 0]);
    } finally {
      await registry.close();
    }
  } finally {
    execFileSync("docker", ["rmi", image]);
  }
  expect((await platform.fetch("four.localhost")).status).toBe(200);
  const format = [
    "images",
    "--format",
    "{{.Repository}}:{{.Tag}}",
    "--filter",
    `label=paas.platform=${platform.id}`,
  ];
  const [theirs = ""] = execFileSync("docker", format, { encoding: "utf8" }).split("\n");
  const refused = await platform.cli(["deploy", "--image", theirs, "-a", "four"]);
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("belongs to another app")]);
});
