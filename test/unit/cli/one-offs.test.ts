import { type FakePlatform, fakePlatform } from "../../fakes/platform/platform";
import { oneOff } from "../../fakes/platform/runs";
import { adminToken } from "../../fakes/platform/world";
import { type ApiServer, startApi } from "../../support/api-server";
import { type CliSession, expectGolden, openCli } from "../../support/cli-session";

let platform: FakePlatform;
let api: ApiServer;
let cli: CliSession;

beforeEach(async () => {
  platform = fakePlatform();
  api = await startApi(platform);
  cli = openCli(api.url, adminToken);
});
afterEach(async () => {
  cli.clean();
  await api.close();
});

async function golden(name: string, lines: string[][]): Promise<void> {
  const said: string[] = [];
  for (const line of lines)
    said.push(await cli.transcript([...line.slice(0, 1), "-a", "shop", ...line.slice(1)]));
  expectGolden(name, said.join("\n"));
}

test("one-offs are started, listed, read and stopped", async () => {
  const shop = platform.add("shop");
  await golden("one-offs", [["run:list"], ["run:detached", "rake", "import", "two words"], ["run:list"]]);
  shop.oneOffs.push(
    oneOff({ name: "run.2000", kind: "attached", command: "psql -c 'select\n1'" }),
    oneOff({
      name: "run.3000",
      endedAt: new Date("2026-11-20T11:00:00.000Z"),
      outcome: "exited",
      exitCode: 3,
    }),
  );
  await golden("one-offs-ended", [
    ["run:list"],
    ["run:list", "--all"],
    ["run:list", "--json"],
    ["run:stop", "run.1234"],
    ["run:stop", "run.1234"],
    ["run:logs", "run.1234"],
  ]);
});

test("a schedule is listed with its next due times, and run now", async () => {
  const shop = platform.add("shop");
  await golden("cron-empty", [["cron"]]);
  const job = { command: "rake tidy", schedule: "0 3 * * *", timezone: "Europe/Berlin" };
  shop.cron.push(
    { ...job, name: "cron.1", overlap: "forbid", nextAt: "2026-11-21T02:00:00.000Z" },
    { ...job, name: "cron.2", overlap: "allow", timezone: "UTC", nextAt: null },
  );
  await golden("cron", [
    ["cron"],
    ["cron", "--json"],
    ["cron:run", "1"],
    ["cron:run", "cron.7"],
    ["cron:run", "soon"],
    ["cron:logs"],
  ]);
});

test("a viewer may neither see what was run nor run", async () => {
  const { app } = platform.add("shop");
  platform.actors.set("viewer", { name: "viewer", admin: false, apps: { [app.id]: "viewer" } });
  const as = { token: "viewer" };
  for (const line of [["run:list"], ["run:detached", "ls"], ["run:stop", "run.1234"]])
    expect(await cli.run([...line.slice(0, 1), "-a", "shop", ...line.slice(1)], as)).toMatchObject({
      exitCode: 3,
    });
});
