import { labels } from "../../core/image";
import type { ReleaseDiffView, ReleaseView } from "../../core/wire";
import { command } from "../support/commands";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

let platform: TestPlatform;
let staging: Project;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_KEEP_RELEASES: "2" } });
  staging = await Project.create(platform, "staging");
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

async function releases(app: string): Promise<ReleaseView[]> {
  return JSON.parse((await platform.cli(["releases", "--json", "-a", app])).stdout) as ReleaseView[];
}

async function imageTags(): Promise<string[]> {
  const words = ["images", "--format={{.Tag}}", `--filter=label=${labels.platform}=${platform.id}`];
  return (await command("docker", ...words)).split("\n");
}

test("a deploy whose release command failed is tried again without a build, and moves its branch", async () => {
  const files = await dockerApp("one");
  const Procfile = 'web: perl server.pl\nrelease: [ "$READY" ] || exit 9\n';
  const commit = await staging.commit({ ...files, Procfile });
  expect((await staging.push("main")).exitCode).not.toBe(0);
  await staging.paas("config:set", "READY=1");
  const stale = await platform.cli(["releases:retry", "v1", "-a", "staging"]);
  expect(stale).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("v2 has come after v1") });
  expect((await staging.push("main")).exitCode).toBe(0);
  const failing = await platform.cli(["config:unset", "READY", "-a", "staging"]);
  expect(failing.exitCode).toBe(11);
  const again = await platform.cli(["releases:retry", "-a", "staging"]);
  expect(again).toMatchObject({ exitCode: 11, stderr: expect.stringContaining("exit code 9") });
  await staging.paas("releases:retry", "--no-release-phase");
  expect((await releases("staging"))[0]).toMatchObject({ version: 6, state: "proven", command: "skipped" });
  expect(await staging.remoteTip()).toBe(commit);
  await staging.commit({ Procfile: "web: perl server.pl\n" });
  const healed = await staging.commit({ Procfile: "web: perl server.pl\nrelease: exit 8\n" });
  expect((await staging.push("main")).exitCode).not.toBe(0);
  expect(await staging.remoteTip()).toBe(commit);
  await staging.paas("releases:retry", "--no-release-phase");
  expect(await staging.remoteTip()).toBe(healed);
});

test("two releases are compared, values only for who asks", async () => {
  const { stdout } = await staging.paas("releases:diff", "v3", "v6");
  expect(stdout).toContain("- READY=****");
  expect(stdout).toContain("Commits: the same");
  const { stdout: json } = await staging.paas("releases:diff", "v6", "v3", "--reveal", "--json");
  expect((JSON.parse(json) as ReleaseDiffView).config).toEqual([{ name: "READY", from: null, to: "1" }]);
});

test("what runs is promoted with the target's own config, and outlives the app it came from", async () => {
  const files = await dockerApp("two");
  const cron = [{ command: "true", schedule: "0 0 1 1 *" }];
  await staging.commit({
    ...files,
    Procfile: "web: perl server.pl\n",
    "app.json": JSON.stringify({ cron }),
  });
  expect((await staging.push("main")).exitCode).toBe(0);
  const shop = await Project.create(platform, "shop");
  await shop.paas("config:set", "WHO=shop");
  await staging.paas("config:set", "WHO=staging");
  const asked = await platform.cli(["promote", "staging", "--to", "shop"]);
  expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("with other values: WHO") });
  await shop.paas("promote", "staging", "--to", "shop", "--yes");
  expect((await shop.page()).body).toBe("two");
  expect((await shop.page("/env/WHO")).body).toBe("shop");
  expect((await releases("shop"))[0]).toMatchObject({ version: 2, reason: "promote", state: "proven" });
  await staging.paas("destroy", "staging", "--confirm", "staging");
  await shop.paas("config:set", "WHO=still here");
  expect(JSON.parse((await shop.paas("cron", "--json")).stdout)).toMatchObject(cron);
  expect((await shop.page("/env/WHO")).body).toBe("still here");
});

test("images are kept for the newest releases; a rollback to an older one says so before touching anything", async () => {
  const old = await Project.create(platform, "old");
  for (const message of ["one", "two", "three"]) {
    await old.commit(await dockerApp(message));
    expect((await old.push("main")).exitCode).toBe(0);
  }
  const builds = JSON.parse((await old.paas("builds", "--json")).stdout) as { id: string }[];
  while ((await imageTags()).includes(builds[2]?.id ?? "")) await old.page();
  const gone = await platform.cli(["rollback", "v1", "-a", "old"]);
  expect(gone).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("The image of v1 is gone") });
  expect((await releases("old"))[0]?.version).toBe(3);
  await old.paas("rollback", "v2");
  expect((await old.page()).body).toBe("two");
});
