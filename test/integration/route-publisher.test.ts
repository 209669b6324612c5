import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { keysFor } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { emptyRouteTable, type RouterReport, routerLeaseMs } from "../../core/route";
import { RoutePublisher } from "../../server/routes/publisher";
import { OwnRedis } from "../support/own-redis";

const keys = keysFor("test");
const redis = new OwnRedis();
let router: Redis;
let publisher: RoutePublisher;

beforeEach(async () => {
  await redis.start();
  router = new Redis({ ...redisOptions(redis.url), maxRetriesPerRequest: null });
  router.on("error", () => undefined);
  publisher = new RoutePublisher(
    redis.url,
    keys,
    async () => new Map(),
    () => undefined,
    () => undefined,
  );
});
afterEach(async () => {
  router.disconnect();
  await publisher.close();
  await redis.kill();
});
afterAll(() => redis.stop());
jest.setTimeout(30_000);

/** As a router does: it renews its lease and tells it. */
async function reports(report: RouterReport): Promise<void> {
  const text = JSON.stringify(report);
  await router
    .multi()
    .set(keys.router(report.routerId), text, "PX", routerLeaseMs)
    .publish(keys.routerReports, text)
    .exec();
}

const report = (version: number): RouterReport => ({
  routerId: "one",
  version,
  inFlight: { old: 2 },
  streams: {},
  switches: {},
  bakes: {},
});

test("one that has just opened knows what the living routers said before", async () => {
  await reports(report(3));
  const second = new RoutePublisher(
    redis.url,
    keys,
    async () => new Map(),
    () => undefined,
    () => undefined,
  );
  await second.open();
  expect(second.live()).toEqual([report(3)]);
  expect(second.inFlight()).toEqual({ old: 2 });
  expect([3, 4].map((version) => second.acknowledged(version))).toEqual([true, false]);
  await second.close();
});

test("that no router lives is known only after a lease", async () => {
  await publisher.open();
  expect(publisher.acknowledged(1)).toBe(false);
  await delay(routerLeaseMs);
  expect(publisher.acknowledged(1)).toBe(true);
});

test("a router that falls silent is gone after its lease, one that cannot be heard is not", async () => {
  await publisher.open();
  await reports(report(3));
  expect(await publisher.waitAcknowledged(3, routerLeaseMs)).toBe(true);
  await redis.kill();
  await delay(routerLeaseMs + 500);
  expect(publisher.live()).toEqual([report(3)]);
  expect([3, 4].map((version) => publisher.acknowledged(version))).toEqual([true, false]);
  await redis.start();
  await publisher.open();
  expect(publisher.acknowledged(4)).toBe(false);
  await reports(report(4));
  expect(await publisher.waitAcknowledged(4, routerLeaseMs)).toBe(true);
  await delay(routerLeaseMs + 500);
  expect(publisher.live()).toEqual([]);
});

test("while Redis hangs, with every connection open, no router is thought gone", async () => {
  await publisher.open();
  await reports(report(3));
  await publisher.waitAcknowledged(3, routerLeaseMs);
  redis.hang(true);
  await delay(routerLeaseMs + 500);
  expect(publisher.live()).toEqual([report(3)]);
  expect(publisher.acknowledged(4)).toBe(false);
  redis.hang(false);
  await reports(report(4));
  expect(await publisher.waitAcknowledged(4, routerLeaseMs)).toBe(true);
});

test("a table reaches the routers after Redis was lost, and again", async () => {
  for (const version of [1, 2]) {
    await publisher.open();
    await publisher.publish({ ...emptyRouteTable, version });
    expect(JSON.parse((await router.get(keys.routeTable)) ?? "")).toMatchObject({ version });
    await redis.kill();
    await redis.start();
  }
});
