import { startPlatform, type TestPlatform } from "../support/platform";
import { Traffic } from "../support/traffic";

jest.setTimeout(120_000);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_ROUTER_WORKERS: "2" } });
});
afterAll(() => platform.stop());

test("paas router:reload under traffic fails no request", async () => {
  const place = {
    host: "paas.localhost",
    path: "/health",
    accepts: (body: string) => body.includes('"ok":true'),
  };
  const traffic = new Traffic(platform.httpPort, [
    { ...place, connection: "kept" },
    { ...place, connection: "kept" },
    { ...place, connection: "new" },
  ]);
  await traffic.flows(["paas.localhost"], 10);
  for (let times = 0; times < 2; times += 1) {
    const { exitCode, stderr } = await platform.cli(["router:reload"]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^Reloading the router\.\.\. done, 2 workers serving\n$/),
    });
    await traffic.flows(["paas.localhost"], 10);
  }
  await traffic.stop();
  expect(traffic.failures).toEqual([]);
});
