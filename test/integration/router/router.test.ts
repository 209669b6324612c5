import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { presentBoot, RouterRig, shopTable } from "./rig";

jest.setTimeout(30_000);

let rig: RouterRig;
const servers: Server[] = [];

beforeEach(async () => {
  rig = await RouterRig.make();
});
afterEach(async () => {
  await rig.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function app(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function fetch(path = "/", host = "shop.localhost"): Promise<{ status: number; body: string }> {
  const request = get({ host: "127.0.0.1", port: rig.httpPort, path, headers: { host }, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = await response.setEncoding("utf8").reduce<string>((sum, chunk) => sum + String(chunk), "");
  return { status: response.statusCode ?? 0, body };
}

test("a table that Redis kept through a reboot routes nothing until the server has confirmed it", async () => {
  const one = await app((_, response) => response.end("one"));
  const present = await presentBoot();
  const { client } = await rig.redis("only");
  await rig.publish(client, { ...shopTable(5, ["i1", one]), bootId: "another-boot" });
  await rig.router();
  await rig.report(client, () => true);
  expect((await fetch()).status).toBe(503);
  const taken = rig.report(client, ({ version }) => version === 5);
  await rig.publish(client, { ...shopTable(5, ["i1", one]), bootId: present });
  await taken;
  expect(await fetch()).toEqual({ status: 200, body: "one" });
});

describe("a router without Redis", () => {
  test("serves by the table on disk, and comes back to Redis by itself, wherever it is then", async () => {
    const one = await app((_, response) => response.end("one"));
    const two = await app((_, response) => response.end("two"));
    await rig.leaveSnapshot(shopTable(5, ["i1", one]));
    await rig.router();
    expect(await fetch()).toEqual({ status: 200, body: "one" });

    const first = await rig.redis("first");
    const report = await rig.report(first.client, () => true);
    expect(report).toEqual({
      routerId: expect.any(String),
      version: 5,
      inFlight: {},
      streams: {},
      switches: {},
      bakes: {},
    });
    const lease = await first.client.pttl(rig.keys.router(report.routerId));
    expect(lease).toBeGreaterThan(0);
    expect(lease).toBeLessThanOrEqual(4_000);

    const taken = rig.report(first.client, ({ version }) => version === 6);
    await rig.publish(first.client, shopTable(6, ["i2", two]));
    await taken;
    expect(await fetch()).toEqual({ status: 200, body: "two" });
    expect((await rig.snapshot()).version).toBe(6);

    await rig.end(first.server, "SIGKILL");
    expect(await fetch()).toEqual({ status: 200, body: "two" });

    // The new Redis is empty at first, then holds something older, then nonsense: none of it is taken.
    const second = await rig.redis("second");
    expect(await rig.report(second.client, () => true)).toMatchObject({ version: 6 });
    await rig.publish(second.client, shopTable(4, ["i1", one]));
    await second.client.hset(rig.keys.routeTable, { head: "{", version: 7 });
    await second.client.publish(rig.keys.routeTableChanged, "7");
    await second.client.hset(rig.keys.routeTable, { head: "{}", version: "eight" });
    await second.client.publish(rig.keys.routeTableChanged, JSON.stringify({ from: null, version: 8 }));
    await rig.report(second.client, () => true);
    expect(await fetch()).toEqual({ status: 200, body: "two" });
    const takenAgain = rig.report(second.client, ({ version }) => version === 9);
    await rig.publish(second.client, shopTable(9, ["i1", one]));
    await takenAgain;
    expect(await fetch()).toEqual({ status: 200, body: "one" });
  });

  test("answers 503 after a reboot, until a table comes", async () => {
    const one = await app((_, response) => response.end("one"));
    await rig.leaveSnapshot(shopTable(5, ["i1", one]), "another-boot");
    await rig.router();
    expect(await fetch()).toMatchObject({ status: 503, body: expect.stringContaining("H99") });
    const { client } = await rig.redis("redis");
    const taken = rig.report(client, ({ version }) => version === 5);
    await rig.publish(client, shopTable(5, ["i1", one]));
    await taken;
    expect(await fetch()).toEqual({ status: 200, body: "one" });
  });

  test("takes a broken file for none", async () => {
    await rig.leaveSnapshot(shopTable(5));
    await writeFile(rig.paths.routerTable, '{"version":"x"}');
    await rig.router();
    expect(await fetch()).toMatchObject({ status: 503 });
  });
});

describe("a router with Redis", () => {
  test("tells at once when a target that left is idle, and writes access lines", async () => {
    const waiting: (() => void)[] = [];
    let arrived = () => undefined as unknown;
    const allArrived = new Promise<void>((resolve) => {
      arrived = () => waiting.length === 2 && resolve();
    });
    const one = await app((_, response) => {
      waiting.push(() => response.end("one"));
      arrived();
    });
    const two = await app((_, response) => response.end("two"));
    const { client } = await rig.redis("redis");
    await rig.publish(client, shopTable(1, ["i1", one]));
    await rig.router();
    const slow = [fetch("/slow?q=1"), fetch("/slow?q=2")];
    await allArrived;
    const swapped = rig.report(client, ({ version }) => version === 2);
    await rig.publish(client, shopTable(2, ["i2", two]));
    expect(await swapped).toMatchObject({ version: 2, inFlight: { i1: 2 } });
    const oneLeft = rig.report(client, ({ inFlight }) => inFlight.i1 === 1);
    waiting[0]?.();
    await oneLeft;
    const idle = rig.report(client, ({ inFlight }) => inFlight.i1 === undefined);
    waiting[1]?.();
    await idle;
    expect(await Promise.all(slow)).toEqual([
      { status: 200, body: "one" },
      { status: 200, body: "one" },
    ]);
    const lines: string[] = [];
    let last = "0";
    while (lines.length < 2) {
      const read = await client.xread("BLOCK", 5_000, "STREAMS", rig.keys.access, last);
      for (const [id, fields] of read?.[0]?.[1] ?? []) {
        last = id;
        expect(fields.slice(0, 3)).toEqual(["appId", "a1", "line"]);
        lines.push(String(fields[3]));
      }
    }
    expect(lines[0]).toMatch(
      /^at=info method=GET path="\/slow\?q=\d" host=shop\.localhost request_id=[\w-]{36} fwd="127\.0\.0\.1" instance=web\.i1 connect=\d+ms service=\d+ms status=200 bytes=3$/,
    );
  });

  test("ends gracefully: what is in flight ends well, its lease is gone, another can take the port", async () => {
    let release = () => undefined as unknown;
    let arrived = () => undefined as unknown;
    const atApp = new Promise<void>((resolve) => {
      arrived = resolve as () => unknown;
    });
    const one = await app((request, response) => {
      if (request.url !== "/slow") {
        response.end("quick");
        return;
      }
      release = () => response.end("slow");
      arrived();
    });
    const { client } = await rig.redis("redis");
    await rig.publish(client, shopTable(1, ["i1", one]));
    const old = await rig.router();
    const { routerId } = await rig.report(client, () => true);
    const slow = fetch("/slow");
    await atApp;
    const ended = rig.end(old, "SIGTERM");
    await rig.router();
    expect(await fetch()).toEqual({ status: 200, body: "quick" });
    release();
    expect(await slow).toEqual({ status: 200, body: "slow" });
    expect(await ended).toBe(0);
    expect(await client.exists(rig.keys.router(routerId))).toBe(0);
  });

  test("is replaced after kill -9 at once, by the table it had", async () => {
    const one = await app((_, response) => response.end("one"));
    const { client, server } = await rig.redis("redis");
    await rig.publish(client, shopTable(1, ["i1", one]));
    const first = await rig.router();
    await rig.report(client, ({ version }) => version === 1);
    await rig.end(server, "SIGKILL");
    await rig.end(first, "SIGKILL");
    await rig.router();
    expect(await fetch()).toEqual({ status: 200, body: "one" });
  });

  test("goes on when its supervisor dies: channel and output gone", async () => {
    const one = await app((_, response) => response.end("one"));
    const two = await app((_, response) => response.end("two"));
    const { client } = await rig.redis("redis");
    await rig.publish(client, shopTable(1, ["i1", one]));
    const router = await rig.router();
    router.disconnect();
    router.stdout?.destroy();
    // Each table writes a line to the output that nobody reads any more.
    for (const version of [2, 3, 4]) {
      const taken = rig.report(client, (report) => report.version === version);
      await rig.publish(client, shopTable(version, ["i2", two]));
      await taken;
    }
    expect(await fetch()).toEqual({ status: 200, body: "two" });
    expect(router.exitCode).toBeNull();
  });
});
