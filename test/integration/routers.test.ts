import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { keysFor } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { type RouterReport, routerLeaseMs } from "../../core/route";
import { Routers } from "../../server/routes/routers";
import { OwnRedis } from "../support/own-redis";

const keys = keysFor("test");
const redis = new OwnRedis();
let router: Redis;
let routers: Routers;

beforeEach(async () => {
  await redis.start();
  router = new Redis({ ...redisOptions(redis.url), maxRetriesPerRequest: null });
  router.on("error", () => undefined);
  routers = new Routers(redis.url, keys, () => undefined);
});
afterEach(async () => {
  router.disconnect();
  await routers.close();
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
  const second = new Routers(redis.url, keys, () => undefined);
  await second.open();
  expect(second.live()).toEqual([report(3)]);
  expect(second.inFlight()).toEqual({ old: 2 });
  expect([3, 4].map((version) => second.acknowledged(version))).toEqual([true, false]);
  await second.close();
});

test("that no router lives is known only after a lease", async () => {
  await routers.open();
  expect(routers.acknowledged(1)).toBe(false);
  await delay(routerLeaseMs);
  expect(routers.acknowledged(1)).toBe(true);
});

test("a router that falls silent is gone after its lease, one that cannot be heard is not", async () => {
  await routers.open();
  await reports(report(3));
  expect(await routers.waitAcknowledged(3, routerLeaseMs)).toBe(true);
  await redis.kill();
  await delay(routerLeaseMs + 500);
  expect(routers.live()).toEqual([report(3)]);
  expect([3, 4].map((version) => routers.acknowledged(version))).toEqual([true, false]);
  await redis.start();
  await routers.open();
  expect(routers.acknowledged(4)).toBe(false);
  await reports(report(4));
  expect(await routers.waitAcknowledged(4, routerLeaseMs)).toBe(true);
  await delay(routerLeaseMs + 500);
  expect(routers.live()).toEqual([]);
});

test("a router that has ended is gone at once", async () => {
  await routers.open();
  await reports(report(3));
  expect(await routers.waitAcknowledged(3, routerLeaseMs)).toBe(true);
  await reports({ ...report(4), routerId: "two", inFlight: {} });
  expect(await routers.waitAcknowledged(3, routerLeaseMs)).toBe(true);
  expect(routers.acknowledged(4)).toBe(false);
  await router.publish(keys.routerReports, JSON.stringify({ routerId: "one", ended: true }));
  expect(await routers.waitAcknowledged(4, routerLeaseMs / 2)).toBe(true);
  expect([routers.live().map(({ routerId }) => routerId), routers.inFlight()]).toEqual([["two"], {}]);
});

test("while Redis hangs, with every connection open, no router is thought gone", async () => {
  await routers.open();
  await reports(report(3));
  await routers.waitAcknowledged(3, routerLeaseMs);
  redis.hang(true);
  await delay(routerLeaseMs + 500);
  expect(routers.live()).toEqual([report(3)]);
  expect(routers.acknowledged(4)).toBe(false);
  redis.hang(false);
  await reports(report(4));
  expect(await routers.waitAcknowledged(4, routerLeaseMs)).toBe(true);
});
