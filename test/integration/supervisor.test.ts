import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Redis from "ioredis";
import { Client } from "pg";
import { dataPaths } from "../../core/data-paths";
import { redisOptions } from "../../core/redis-url";
import { newPlatform, type RoleName, type TestPlatform } from "../support/platform";
import { standInDist } from "../support/stand-in-platform";

jest.setTimeout(120_000);

const roleNames: RoleName[] = ["router", "postgres", "redis", "server", "builder"];
const home = mkdtempSync(join(tmpdir(), "paas-supervisor-"));
const distDir = standInDist(home);
const started: TestPlatform[] = [];

const standIn = async (env: Record<string, string> = {}) => {
  const platform = await newPlatform({ distDir, env });
  started.push(platform);
  return platform;
};

afterEach(async () => {
  for (const platform of started.splice(0)) await platform.stop();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const pids = (platform: TestPlatform) =>
  Object.fromEntries((platform.status?.roles ?? []).map(({ name, pid }) => [name, pid])) as Record<
    RoleName,
    number
  >;
const answer = async (platform: TestPlatform) => (await platform.fetch("x.localhost")).body;

/** Waits for what must become true; a test that waits in vain ends by jest's limit. */
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await delay(20);
}

test("up --detach starts all roles, twice is once, down ends them", async () => {
  const platform = await standIn();
  const up = await platform.supervise(["up", "--detach"]);
  expect(up).toMatchObject({ exitCode: 0, stderr: "" });
  expect(up.stdout).toMatch(
    /router ready .*postgres ready .*redis ready .*server ready .*builder ready .*The platform is running/s,
  );
  expect(Object.keys(pids(platform)).sort()).toEqual([...roleNames].sort());
  expect(await answer(platform)).toBe(`router ${pids(platform).router}`);

  const again = await platform.supervise(["up", "--detach"]);
  expect(again).toMatchObject({ exitCode: 0, stderr: "" });
  expect(again.stdout).toContain("already running");

  const down = await platform.supervise(["down"]);
  expect(down).toMatchObject({ exitCode: 0, stderr: "" });
  expect(down.stdout).toMatch(/server stopped.*The platform is stopped/s);
  expect((await platform.supervise(["down"])).stdout).toContain("is not running");
});

test("the databases answer on their sockets to the URLs that roles read, and keep their data", async () => {
  const platform = await standIn();
  await platform.up();
  const database = new Client(readFileSync(dataPaths(platform.dataDir).databaseUrl, "utf8").trim());
  await database.connect();
  await database.query("CREATE TABLE kept (id int)");
  const shown = await database.query("SHOW fsync");
  const listens = await database.query("SHOW listen_addresses");
  expect([shown.rows[0], listens.rows[0]]).toEqual([{ fsync: "on" }, { listen_addresses: "" }]);
  await database.end();
  const options = redisOptions(readFileSync(dataPaths(platform.dataDir).redisUrl, "utf8").trim());
  const redis = new Redis(options);
  await redis.set("kept", "yes");
  expect(await redis.config("GET", "port")).toEqual(["port", "0"]);
  redis.disconnect();
  await platform.supervise(["down"]);
  await platform.up();
  const after = new Client(readFileSync(dataPaths(platform.dataDir).databaseUrl, "utf8").trim());
  await after.connect();
  expect((await after.query("SELECT count(*)::int AS count FROM kept")).rows).toEqual([{ count: 0 }]);
  await after.end();
  const redisAfter = new Redis(options);
  expect(await redisAfter.get("kept")).toBe("yes");
  redisAfter.disconnect();
});

test("secrets lie in files that only their user can read, and in no command line", async () => {
  const platform = await standIn();
  await platform.up();
  const { secretKey, adminToken, databaseUrl, redisUrl } = dataPaths(platform.dataDir);
  const files = [secretKey, adminToken, databaseUrl, redisUrl, `${platform.dataDir}/redis/redis.conf`];
  for (const file of files) expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
  const secrets = [
    readFileSync(secretKey, "utf8"),
    platform.token,
    redisOptions(readFileSync(redisUrl, "utf8").trim()).password,
  ];
  const commands = Object.values(pids(platform)).map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  for (const secret of secrets) expect(commands.join("\n")).not.toContain(secret);
});

test("each role is started again after kill -9, and no other with it", async () => {
  const platform = await standIn();
  await platform.up();
  for (const name of roleNames) {
    const before = pids(platform);
    await platform.killRole(name);
    await until(() => ![undefined, before[name]].includes(pids(platform)[name]));
    expect({ ...pids(platform), [name]: 0 }).toEqual({ ...before, [name]: 0 });
  }
  await until(async () => (await answer(platform).catch(() => "")) === `router ${pids(platform).router}`);
});

test("who asks while the router is dead waits for the next one, but not for one that dies again and again", async () => {
  const platform = await standIn();
  await platform.up();
  const before = pids(platform);
  await platform.killRole("router");
  const answers = new Set(await Promise.all(Array.from({ length: 20 }, () => answer(platform))));
  await until(() => ![undefined, before.router].includes(pids(platform).router));
  expect([...answers]).toEqual([`router ${pids(platform).router}`]);

  await platform.killRole("router");
  const refusal = async () =>
    (await answer(platform).catch(({ code }: { code: string }) => code)) === "ECONNREFUSED";
  await until(refusal);
  await until(async () => !(await refusal()));
  await platform.supervise(["down"]);
  expect(await refusal()).toBe(true);
});

test("after kill -9 of the supervisor router and databases go on and are adopted; server and builder are new", async () => {
  const platform = await standIn();
  await platform.up();
  const before = pids(platform);
  await platform.killSupervisor();
  expect(await answer(platform)).toBe(`router ${before.router}`);
  const up = await platform.supervise(["up", "--detach"]);
  expect(up.stdout).toMatch(/router was running, goes on.*postgres was running, goes on.*redis was running/s);
  const after = pids(platform);
  expect([after.router, after.postgres, after.redis]).toEqual([before.router, before.postgres, before.redis]);
  expect(after.server).not.toBe(before.server);
  await platform.killRole("router");
  await until(() => ![undefined, before.router].includes(pids(platform).router));
});

test("a router of another build is replaced, and finishes its requests", async () => {
  const platform = await standIn();
  await platform.up();
  const before = pids(platform);
  await platform.killSupervisor();
  const newer = standInDist(mkdtempSync(join(home, "newer-")));
  writeFileSync(join(newer, "router/newer.js"), "");
  const slow = platform.fetch("x.localhost", "/slow");
  const { exitCode } = await platform.supervise(["up", "--detach"], { distDir: newer });
  expect(exitCode).toBe(0);
  expect((await slow).body).toBe(`router ${before.router}`);
  await until(async () => (await answer(platform)) === `router ${pids(platform).router}`);
  expect(pids(platform).router).not.toBe(before.router);
});

test("down ends what a killed supervisor left", async () => {
  const platform = await standIn();
  await platform.up();
  await platform.killSupervisor();
  const down = await platform.supervise(["down"]);
  expect(down.stdout).toMatch(/router stopped/);
});

test("a role that cannot be started fails the start with its last lines, and leaves nothing running", async () => {
  const platform = await standIn();
  await platform.up();
  await platform.supervise(["down"]);
  writeFileSync(`${platform.dataDir}/server.broken`, "");
  const up = await platform.supervise(["up", "--detach"]);
  expect(up.exitCode).toBe(75);
  expect(up.stderr).toMatch(/server could not be started: exit code 1\n.*server is broken/);
  expect((await platform.supervise(["down"])).stdout).toContain("is not running");
});

test("a port in use is said with the setting, before anything starts", async () => {
  const platform = await standIn();
  const other = createServer().listen(platform.httpPort, "127.0.0.1");
  const up = await platform.supervise(["up", "--detach"]);
  expect(up).toMatchObject({ exitCode: 5, stdout: "" });
  expect(up.stderr).toMatch(/Port \d+ on 127.0.0.1 is in use .* PAAS_HTTP_PORT/);
  other.close();
});

test("a Docker Engine that does not answer is said with what to do", async () => {
  const platform = await standIn({ DOCKER_HOST: `unix://${home}/no.sock` });
  const up = await platform.supervise(["up", "--detach"]);
  expect(up.exitCode).toBe(75);
  expect(up.stderr).toMatch(/Docker Engine at .*no.sock does not answer .*systemctl start docker/s);
});

test("a lost secret key is not replaced while there is data made with it", async () => {
  const platform = await standIn();
  await platform.up();
  await platform.supervise(["down"]);
  rmSync(dataPaths(platform.dataDir).secretKey);
  const up = await platform.supervise(["up", "--detach"]);
  expect(up.exitCode).toBe(75);
  expect(up.stderr).toMatch(/secret.key is missing.*Restore the file from a backup or set PAAS_SECRET_KEY/);
  expect(existsSync(dataPaths(platform.dataDir).secretKey)).toBe(false);
});

test("two platforms run side by side", async () => {
  const [one, two] = [await standIn(), await standIn()];
  await Promise.all([one.up(), two.up()]);
  await one.supervise(["down"]);
  expect(await answer(two)).toBe(`router ${pids(two).router}`);
  expect(one.id).not.toBe(two.id);
});
