import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { Traffic } from "../support/traffic";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

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
    expect(stderr).toContain("To undo: paas resource:limit web --memory 512m --cpu 0 --pids 512 -a shop");
    await shop.paas("ps:wait");
    expect((await shop.paas("resource:limit", "web")).stdout).toBe(
      "web  --memory 96m --cpu 0.5 --pids 100\n",
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
