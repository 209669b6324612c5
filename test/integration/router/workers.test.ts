import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type Redis from "ioredis";
import type { HttpPolicy } from "../../../core/http-policy";
import { RouterAdmin } from "../../../server/routes/router-admin";
import { HeldSockets } from "../../../supervisor/roles/held-sockets";
import { RouterRig, shopTable } from "./rig";

jest.setTimeout(30_000);

/** An app that answers when it is told to; `held` are the answers it owes. */
class HeldApp {
  readonly held: ServerResponse[] = [];
  readonly #server = createServer((_, response) => void this.held.push(response));

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async owes(count: number): Promise<void> {
    while (this.held.length < count) await once(this.#server, "request");
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let rig: RouterRig;
let client: Redis;
let app: HeldApp;
let port: number;
beforeEach(async () => {
  rig = await RouterRig.make();
  ({ client } = await rig.redis("redis"));
  app = new HeldApp();
  port = await app.listen();
  await rig.publish(client, shopTable(1, ["i1", port]));
});
afterEach(async () => {
  app.close();
  await rig.close();
});

/** The status of an answer, or how there was none. */
async function ask(): Promise<number | string> {
  const request = get({
    host: "127.0.0.1",
    port: rig.httpPort,
    headers: { host: "shop.localhost" },
    agent: false,
  });
  try {
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "failed";
  }
}

const askers = (count: number) => Array.from({ length: count }, () => ask());
const workersOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
const inFlight = (count: number) => rig.report(client, (report) => (report.inFlight.i1 ?? 0) === count);

test("requests of all workers are counted until the last one is over", async () => {
  await rig.router(3);
  const asked = askers(12);
  await app.owes(12);
  await inFlight(12);
  const left = rig.report(client, ({ version }) => version === 2);
  await rig.publish(client, shopTable(2));
  expect((await left).inFlight).toEqual({ i1: 12 });
  for (const response of app.held.splice(1)) response.end();
  await inFlight(1);
  const idle = inFlight(0);
  app.held[0]?.end();
  await idle;
  expect(await Promise.all(asked)).toEqual(Array(12).fill(200));
});

test("a worker that dies takes its requests with it and is replaced; the others go on", async () => {
  const router = await rig.router(3);
  const asked = askers(24);
  await app.owes(24);
  const [first = 0] = workersOf(router);
  process.kill(first, "SIGKILL");
  const answers = Promise.all(asked);
  while (workersOf(router).length < 3 || workersOf(router).includes(first)) await delay(20);
  const left = (await rig.report(client, () => true)).inFlight.i1 ?? 0;
  for (const response of app.held) response.end();
  const failed = (await answers).filter((answer) => answer !== 200).length;
  expect(left).toBe(24 - failed);
  await inFlight(0);
});

test("a table is acknowledged only when every worker has taken it", async () => {
  const router = await rig.router(2);
  const [first = 0] = workersOf(router);
  process.kill(first, "SIGSTOP");
  await rig.publish(client, shopTable(2));
  for (let told = 0; told < 2; told += 1)
    expect(await rig.report(client, () => true)).toMatchObject({ version: 1 });
  const taken = rig.report(client, ({ version }) => version === 2);
  process.kill(first, "SIGCONT");
  await taken;
});

/** Publishes a table with what the app wants of its requests, and waits until all workers have it. */
async function publishRules(version: number, http: HttpPolicy): Promise<void> {
  const table = shopTable(version, ["i1", port]);
  const taken = rig.report(client, (report) => report.version === version);
  await rig.publish(client, { ...table, apps: { a1: { ...must(table.apps.a1), http } } });
  await taken;
}

test("a client is one client to all workers, and what a dead one had under way is given back", async () => {
  const router = await rig.router(3);
  await publishRules(2, { rate: { requests: 5, perMs: 3_600_000 } });
  const asked = askers(12);
  await app.owes(5);
  for (const response of app.held.splice(0)) response.end();
  expect((await Promise.all(asked)).sort()).toEqual([...Array(5).fill(200), ...Array(7).fill(429)]);

  await publishRules(3, { connections: 4 });
  const more = askers(12);
  await app.owes(4);
  const [first = 0] = workersOf(router);
  for (const response of app.held.splice(3)) response.end();
  process.kill(first, "SIGKILL");
  for (const response of app.held.splice(0)) response.end();
  await Promise.all(more);
  await inFlight(0);
  const last = askers(4);
  await app.owes(4);
  expect(await ask()).toBe(429);
  for (const response of app.held) response.end();
  await Promise.all(last);
});

test("an instance gets so many requests at once of all workers together; what a dead one had is given to others", async () => {
  const router = await rig.router(3);
  await publishRules(2, { instanceRequests: 2, queue: 100, queueMs: 60_000 });
  const asked = askers(24);
  for (let answered = 0; answered < 12; answered += 1) {
    await app.owes(2);
    expect(app.held).toHaveLength(2);
    app.held.shift()?.end();
  }
  await app.owes(2);
  const [first = 0] = workersOf(router);
  process.kill(first, "SIGKILL");
  const over = Promise.all(asked).then(() => true);
  // A request that died with its worker is still held here; the next one comes all the same.
  while (!(await Promise.race([over, delay(5, false)]))) app.held.shift()?.end();
  await inFlight(0);
});

test("workers end with their primary, and the port is free for the next one", async () => {
  const router = await rig.router(2);
  const workers = workersOf(router);
  await rig.end(router, "SIGKILL");
  await rig.router(2);
  const asked = ask();
  await app.owes(1);
  app.held[0]?.end();
  expect(await asked).toBe(200);
  expect(workers.filter(isAlive)).toEqual([]);
});

test("on a socket that is held for it, nobody is refused between a router and the next one", async () => {
  const sockets = new HeldSockets([
    { door: "http", host: "127.0.0.1", port: rig.httpPort, isWanted: () => true },
  ]);
  const first = await rig.router(2, await sockets.hold(0));
  const workers = workersOf(first);
  await rig.end(first, "SIGKILL");
  while (workers.some(isAlive)) await delay(5);
  const asked = askers(12);
  const second = await rig.router(2, await sockets.hold(0));
  await app.owes(12);
  for (const response of app.held.splice(0)) response.end();
  expect(await Promise.all(asked)).toEqual(Array(12).fill(200));

  // Without any worker Node closes the router's own copy of the socket: it leaves the rest to the next one.
  const ended = once(second, "exit");
  for (const pid of workersOf(second)) process.kill(pid, "SIGKILL");
  expect(await ended).toEqual([1, null]);
  const last = ask();
  await rig.router(2, await sockets.hold(0));
  await app.owes(1);
  app.held[0]?.end();
  expect(await last).toBe(200);
  sockets.release();
});

test("what is measured is that of all workers, and does not fall when one of them ends", async () => {
  const router = await rig.router(3);
  const admin = new RouterAdmin(rig.paths.routerSocket);
  const measured = async () => {
    const { series, inFlight } = await admin.metrics();
    return { requests: series.reduce((sum, one) => sum + one.requests, 0), inFlight };
  };
  const asked = askers(12);
  await app.owes(12);
  await inFlight(12);
  expect(await measured()).toEqual({
    requests: 0,
    inFlight: [{ appId: "a1", instance: "web.i1", requests: 12 }],
  });
  for (const response of app.held) response.end();
  expect(await Promise.all(asked)).toEqual(Array(12).fill(200));
  while ((await measured()).requests < 12) await delay(20);
  const [first = 0] = workersOf(router);
  process.kill(first, "SIGKILL");
  while (workersOf(router).length < 3 || workersOf(router).includes(first)) await delay(20);
  await admin.reload();
  while ((await admin.view()).reload?.state !== "done") await delay(20);
  expect(await measured()).toEqual({ requests: 12, inFlight: [] });
  expect(await admin.metricsText()).toContain(
    'paas_requests_total{app="shop",instance="web.i1",status="2xx"} 12\n',
  );
});

test("a single worker is the router itself", async () => {
  const router = await rig.router(1);
  expect(workersOf(router)).toEqual([]);
  const asked = ask();
  await app.owes(1);
  await inFlight(1);
  app.held[0]?.end();
  expect(await asked).toBe(200);
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("it is there");
  return value;
}

/** A zombie counts as none: who is to bury it is init's affair. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
