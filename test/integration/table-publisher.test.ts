import { Redis } from "ioredis";
import { keysFor } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import type { AppRoute } from "../../core/route";
import type { RouteTable } from "../../core/route-table";
import { tableIn } from "../../core/stored-table";
import { TablePublisher } from "../../server/routes/table-publisher";
import { OwnRedis } from "../support/own-redis";

const keys = keysFor("test");
const redis = new OwnRedis();
let router: Redis;
let ears: Redis;
let publisher: TablePublisher;
const news: unknown[] = [];

/** What was read of certificates, by turns. */
const read: (readonly string[])[] = [];
const sealed = async (ids: readonly string[]) => {
  read.push(ids);
  return new Map(ids.map((id) => [id, Buffer.from(`sealed ${id}`)]));
};
const ignored = () => undefined;

async function begin(): Promise<void> {
  await redis.start();
  router = new Redis({ ...redisOptions(redis.url), maxRetriesPerRequest: null });
  router.on("error", ignored);
  ears = router.duplicate();
  ears.on("error", ignored);
  ears.on("message", (_, text) => news.push(JSON.parse(text)));
  await ears.subscribe(keys.routeTableChanged);
}
beforeAll(async () => {
  await begin();
  publisher = new TablePublisher(redis.url, keys, sealed, ignored, ignored);
});
beforeEach(() => {
  news.length = 0;
  read.length = 0;
});
function leave(): void {
  for (const one of [router, ears]) one.disconnect();
}
afterAll(async () => {
  leave();
  await publisher.close();
  await redis.stop();
});
jest.setTimeout(30_000);

const app = (name: string, certificates?: Record<string, string>): AppRoute => ({
  name,
  hosts: [`${name}.localhost`],
  mode: "none",
  targets: [],
  ...(certificates && { certificates }),
});
const stored = async (): Promise<RouteTable | undefined> =>
  tableIn(await router.hgetall(keys.routeTable))?.table;
const kept = async () => (await router.hkeys(keys.certificates)).sort();
const apps = { a1: app("one"), a2: app("two", { "two.localhost": "c2" }) };
const whole = { version: 5, bootId: "boot", certificates: { "*.localhost": "c0" }, apps };

test("a change is written and told by itself, and leaves all else as it is", async () => {
  await publisher.publish(whole);
  expect(await stored()).toEqual(whole);
  expect(await kept()).toEqual(["c0", "c2"]);
  const changed = { a1: app("uno"), a2: null, a3: app("three", { "three.localhost": "c3" }) };
  expect(await publisher.change(7, changed)).toBe(true);
  expect(await stored()).toEqual({ ...whole, version: 7, apps: { a1: changed.a1, a3: changed.a3 } });
  expect(await kept()).toEqual(["c0", "c3"]);
  expect(news).toEqual([
    { from: null, version: 5 },
    { from: 5, version: 7, apps: changed },
  ]);
  expect(read).toEqual([["c0", "c2"], ["c3"]]);
});

test("nothing is changed in a table that is not the one that was published", async () => {
  await publisher.publish(whole);
  await router.hset(keys.routeTable, "version", 4);
  expect(await publisher.change(6, { a1: null })).toBe(false);
  await publisher.publish(whole);
  await router.flushall();
  expect(await publisher.change(6, { a1: null })).toBe(false);
  expect(await router.exists(keys.routeTable)).toBe(0);
  expect(await publisher.change(7, { a1: null })).toBe(false);
  await publisher.publish({ ...whole, version: 7 });
  expect(await publisher.change(8, { a1: null })).toBe(true);
});

test("a table reaches the routers after Redis was lost, and again", async () => {
  for (const version of [11, 12]) {
    await publisher.publish({ ...whole, version });
    expect(await stored()).toMatchObject({ version });
    await redis.kill();
    leave();
    await expect(publisher.change(20, { a1: null })).rejects.toMatchObject({ code: "unavailable" });
    await begin();
    expect(await publisher.change(21, { a1: null })).toBe(false);
  }
});
