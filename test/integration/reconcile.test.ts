import { newDatabase } from "../../bench/reconcile/new-database";
import { type Cost, withRig } from "../../bench/reconcile/rig";
import { TestDatabase } from "../support/database";
import { OwnRedis } from "../support/own-redis";

jest.setTimeout(60_000);

const redis = new OwnRedis();
let postgres: TestDatabase;

beforeAll(async () => {
  [postgres] = await Promise.all([TestDatabase.start(), redis.start()]);
});
afterAll(() => Promise.all([postgres?.close(), redis.stop()]));

/** Statements of a full pass, and of a nudge of the newest app, once the first look has read what is remembered after it. */
async function statementsWith(apps: number): Promise<{ pass: number; nudge: number }> {
  const databaseUrl = await newDatabase(postgres.url, `fleet_${apps}`);
  return withRig({ databaseUrl, redisUrl: redis.url }, apps, async ({ pass, nudge, appIds }) => {
    const settled = async (work: () => Promise<Cost>) => (await work().then(work)).statements;
    return { pass: await settled(pass), nudge: await settled(() => nudge(appIds.at(-1) ?? "")) };
  });
}

test("a full pass and a nudge take as many statements with fifty apps as with five", async () => {
  const few = await statementsWith(5);
  expect(await statementsWith(50)).toEqual(few);
  expect(few.pass).toBeLessThanOrEqual(10);
});
