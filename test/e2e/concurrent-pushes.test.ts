import { setTimeout as delay } from "node:timers/promises";
import { newId } from "../../core/id";
import { expectAgreement, releasesOf } from "../support/agreement";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

async function projectWith(app: string): Promise<Project> {
  const project = await Project.create(platform, app);
  await project.commit(await dockerApp("first"));
  expect((await project.push("main")).exitCode).toBe(0);
  return project;
}

/** A change whose build takes a moment, so that others come meanwhile; never from the engine's cache. */
async function slowCommit(project: Project, message: string, seconds = 3): Promise<string> {
  const { Dockerfile = "" } = await dockerApp(message);
  return project.commit({
    message,
    Dockerfile: Dockerfile.replace("WORKDIR", `RUN sleep ${seconds} && echo ${newId()}\nWORKDIR`),
  });
}

/** The newest build has begun. */
async function building(project: Project, commit: string): Promise<void> {
  for (;;) {
    await delay(100);
    const builds = JSON.parse((await project.paas("builds", "--json")).stdout) as {
      commit: string;
      status: string;
    }[];
    if (builds.some((one) => one.commit === commit && one.status !== "queued")) return;
  }
}

test("two pushes in a row both deploy, the second when the first is done", async () => {
  const shop = await projectWith("two");
  const first = await slowCommit(shop, "second");
  const pushes = [shop.push("main")];
  await building(shop, first);
  const second = await shop.commit({ message: "third" });
  pushes.push(shop.push("main"));
  const [one, two] = await Promise.all(pushes);
  expect([one?.exitCode, two?.exitCode]).toEqual([0, 0]);
  expect((await expectAgreement(shop)).commit).toBe(second);
});

test("the same push once more follows the deploy under way: there is one build and one release", async () => {
  const shop = await projectWith("again");
  const commit = await slowCommit(shop, "second");
  const first = shop.push("main");
  await building(shop, commit);
  const again = await shop.push("main");
  expect(again.stderr).toContain("This commit is being deployed already");
  expect([(await first).exitCode, again.exitCode]).toEqual([0, 0]);
  expect(JSON.parse((await shop.paas("builds", "--json")).stdout)).toHaveLength(2);
  expect((await expectAgreement(shop)).commit).toBe(commit);
});

test("of three pushes the one in the middle is superseded and told so at once", async () => {
  const shop = await projectWith("three");
  const first = await slowCommit(shop, "second", 10);
  const pushOne = shop.push("main");
  await building(shop, first);
  const middle = await shop.commit({ message: "third" });
  const pushTwo = shop.push("main");
  for (;;) {
    await delay(100);
    const builds = JSON.parse((await shop.paas("builds", "--json")).stdout) as { commit: string }[];
    if (builds.some((one) => one.commit === middle)) break;
  }
  const last = await shop.commit({ message: "fourth" });
  const pushThree = shop.push("main");
  const two = await pushTwo;
  const [one, three] = await Promise.all([pushOne, pushThree]);
  expect([one.stderr, three.stderr]).toEqual([
    expect.stringContaining("deployed as v2"),
    expect.stringContaining("deployed as v3"),
  ]);
  expect(two.stderr).toContain("superseded by a newer push");
  expect([one.exitCode, two.exitCode, three.exitCode]).toEqual([0, 1, 0]);
  expect((await expectAgreement(shop)).commit).toBe(last);
});

test("pushes of diverging branches: the second is told to fetch first, forced or not", async () => {
  const shop = await projectWith("diverging");
  const base = await shop.remoteTip();
  const first = await slowCommit(shop, "mine");
  const pushOne = shop.push("main");
  await building(shop, first);
  await shop.git("checkout", "--quiet", "-b", "other", base);
  await shop.commit({ message: "theirs" });
  const two = await shop.push("--force", "other:main");
  expect((await pushOne).exitCode).toBe(0);
  expect(two.stderr).toContain("fetch first");
  expect(two.exitCode).not.toBe(0);
  expect((await expectAgreement(shop)).commit).toBe(first);
});

test("a forced push that names the actual tip deploys an older line", async () => {
  const shop = await projectWith("forced");
  await shop.commit({ message: "second" });
  expect((await shop.push("main")).exitCode).toBe(0);
  await shop.git("reset", "--quiet", "--hard", "HEAD~1");
  const other = await shop.commit({ message: "instead" });
  expect((await shop.push("main")).exitCode).not.toBe(0);
  expect((await shop.push("--force", "main")).exitCode).toBe(0);
  expect((await expectAgreement(shop)).commit).toBe(other);
});

test("a rollback during a push supersedes it", async () => {
  const shop = await projectWith("rollback");
  await shop.commit({ message: "second" });
  expect((await shop.push("main")).exitCode).toBe(0);
  const { "server.pl": server = "" } = await dockerApp("");
  await shop.commit({ "server.pl": `sleep 4; ${server}`, message: "third" });
  const push = shop.push("main");
  while ((await releasesOf(shop))[0]?.version !== 3) await delay(100);
  await shop.paas("rollback", "v1");
  const { stderr, exitCode } = await push;
  expect(stderr).toContain("superseded by v4");
  expect(exitCode).not.toBe(0);
  const all = await releasesOf(shop);
  expect(all.map((one) => `v${one.version} ${one.state}`)).toEqual([
    "v4 proven",
    "v3 failed",
    "v2 proven",
    "v1 proven",
  ]);
  expect((await shop.page()).body).toBe("first");
});

test("main and master in one push deploy one commit once, and two commits not at all", async () => {
  const shop = await projectWith("both");
  const second = await shop.commit({ message: "second" });
  expect((await shop.push("main", "main:master")).exitCode).toBe(0);
  expect(await shop.remoteTip("master")).toBe(second);
  expect((await releasesOf(shop)).length).toBe(2);
  await shop.commit({ message: "third" });
  const refused = await shop.push("main", "main~1:main", "main:master").catch(() => null);
  expect(refused?.exitCode).not.toBe(0);
  const two = await shop.push("main", "main~2:refs/heads/master", "--force");
  expect(two.stderr).toContain("not both at once");
  expect(two.exitCode).not.toBe(0);
  await expectAgreement(shop);
});

test("tags and other branches are stored without a build, and conflicting names are refused", async () => {
  const shop = await projectWith("branches");
  await shop.git("tag", "-a", "v1", "-m", "one");
  const tag = await shop.push("v1", "main:feature");
  expect(tag.stderr).toContain("skipping build");
  expect(tag.exitCode).toBe(0);
  expect((await shop.push("main:feature/deeper")).exitCode).not.toBe(0);
  expect((await shop.push("main:main/deeper")).exitCode).not.toBe(0);
  expect((await shop.push("v1:main")).exitCode).not.toBe(0);
  expect((await shop.push("--delete", "main")).stderr).toContain("cannot be deleted");
  await expectAgreement(shop);
});

test("a shallow clone's push is accepted or refused, never deployed and then refused", async () => {
  const shop = await projectWith("shallow");
  await shop.commit({ message: "second" });
  await shop.push("main");
  const clone = await Project.clone(shop, "shallow-clone", "--depth=1");
  const third = await clone.commit({ message: "third" });
  const { exitCode } = await clone.push("main");
  const current = await expectAgreement(exitCode === 0 ? clone : shop);
  expect(current.commit === third).toBe(exitCode === 0);
});
