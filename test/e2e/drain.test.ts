import type { ReleaseView } from "../../core/wire";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";
import { EventClient, SocketClient } from "../support/stream-clients";
import { streamingApp } from "../support/streaming-app";

let platform: TestPlatform;
let shop: Project;
beforeAll(async () => {
  platform = await startPlatform();
  shop = await Project.create(platform, "shop");
  await shop.commit(await streamingApp("one"));
  const { stderr } = await shop.push("main");
  expect(stderr).toContain("deployed as v1");
  expect(stderr).toMatch(/Took receive \d+ ms, build .*, boot .*, switch \d+ ms, drain \d+ ms/);
  expect(stderr).toContain("During the switch: 0 requests served, 0 failed, 0 streams drained");
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(240_000);
const patienceMs = 60_000;

/** Waits until a line of the app's log matches; resolves with the whole log, and throws with it when none comes. */
async function logged(pattern: RegExp): Promise<string> {
  for (const end = Date.now() + patienceMs; ; ) {
    const { stdout } = await shop.paas("logs", "-n", "1000");
    if (pattern.test(stdout)) return stdout;
    if (Date.now() > end) throw new Error(`no line matches ${pattern}:\n${stdout}`);
  }
}

async function receipt(version: string): Promise<NonNullable<ReleaseView["receipt"]>> {
  const { stdout } = await shop.paas("releases:info", version, "--json");
  const release = JSON.parse(stdout) as ReleaseView;
  if (!release.receipt) throw new Error(`no receipt: ${stdout}`);
  return release.receipt;
}

const stopping = /paas\[web\.1\]: Stopping process/;

test("a deploy waits for no stream; they stay up to their limit, then the router closes them, and only then SIGTERM comes", async () => {
  await shop.paas("ps:drain", "--websockets", "1h");
  const [socket, events] = [await SocketClient.open(shop), await EventClient.open(shop)];
  const slow = shop.page("/slow/8");
  await logged(/got \/slow\/8/);
  await shop.commit({ message: "two" });
  const pushed = (await shop.push("main")).stderr;
  expect(pushed).toContain("deployed as v2");
  expect(pushed).toContain("What it replaced still drains: paas releases:info v2");
  expect((await receipt("v2")).complete).toBe(false);

  expect((await shop.page()).body).toBe("two");
  expect(await slow).toMatchObject({ status: 200, body: "one" });
  expect(await socket.say("hello")).toBe("one hello");
  expect(await events.next()).toContain("data: one\n\n");
  expect((await shop.paas("logs", "-n", "1000")).stdout).not.toMatch(stopping);

  await shop.paas("ps:drain", "--websockets", "0s");
  expect(await socket.closed).toBe(1001);
  expect(await events.ended).toBe(true);
  expect(events.text).toMatch(/\n\n$/);
  await logged(stopping);
  await logged(/at=info method=GET path="\/events" .* status=200/);
  const log = await logged(/at=info method=GET path="\/ws" .* status=101/);
  expect(log).not.toContain("at=error");

  const { complete, phases, count } = await receipt("v2");
  expect(complete).toBe(true);
  expect(count).toMatchObject({ failed: 0, streams: 2, requests: expect.any(Number) });
  // The page of the new version at least.
  expect(count?.requests).toBeGreaterThanOrEqual(1);
  for (const phase of ["receive", "build", "boot", "switch", "drain"] as const)
    expect(phases[phase]).toEqual(expect.any(Number));
});

test("an instance scaled away drains like one that was replaced, each kind within its limit", async () => {
  await shop.paas("ps:drain", "1s", "--websockets", "1h");
  const socket = await SocketClient.open(shop);
  const slow = shop.page("/slow/100");
  await logged(/got \/slow\/100/);
  await shop.paas("ps:scale", "web=0");
  while ((await shop.page()).status !== 503) await shop.page();
  expect(await socket.say("hello")).toBe("two hello");
  await shop.paas("ps:drain", "--websockets", "0s");
  expect(await socket.closed).toBe(1001);
  // The request alone holds it back no longer than its limit.
  expect((await slow).status).toBe(502);
  expect((await shop.paas("ps:drain", "--json")).stdout).toContain('"requestsMs": 1000');
});
