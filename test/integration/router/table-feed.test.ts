import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type Redis from "ioredis";
import type { AppRoute } from "../../../core/route";
import { fieldOf } from "../../../core/stored-table";
import { RouterRig, shopTable } from "./rig";

jest.setTimeout(30_000);

let rig: RouterRig;
let client: Redis;
const servers: Server[] = [];

beforeEach(async () => {
  rig = await RouterRig.make();
  client = (await rig.redis("redis")).client;
});
afterEach(async () => {
  await rig.close();
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** An instance that answers its name; its route. */
async function appOf(name: string, ...hosts: string[]): Promise<AppRoute> {
  const server = createServer((_, response) => response.end(name)).listen(0, "127.0.0.1");
  servers.push(server.unref());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [shop] = Object.values(shopTable(0, [name, port]).apps);
  if (!shop) throw new Error("a table has an app");
  return { ...shop, name, hosts };
}

async function answerOf(host: string): Promise<string> {
  const request = get({ host: "127.0.0.1", port: rig.httpPort, headers: { host }, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response.statusCode === 200 ? text(response) : String(response.statusCode);
}
const answersOf = (...hosts: string[]) => Promise.all(hosts.map(answerOf));

/** Does something to the table in Redis; resolves when the router routes by that version. */
async function taken(version: number, act: () => Promise<void>): Promise<void> {
  const reported = rig.report(client, (report) => report.version === version);
  await act();
  await reported;
}

test.each([1, 2])("changes are taken app by app, by a router of %i workers", async (workers) => {
  const [one, two, three] = [
    await appOf("one", "one.x"),
    await appOf("two", "two.x"),
    await appOf("three", "two.x", "3.x"),
  ];
  await rig.publish(client, { version: 5, apps: { a1: one, a2: two } });
  await rig.router(workers);
  expect(await answersOf("one.x", "two.x", "3.x")).toEqual(["one", "two", "404"]);
  const changed = { from: 5, version: 7, apps: { a2: null, a3: three } };
  await taken(7, () => rig.change(client, changed));
  expect(await answersOf("one.x", "two.x", "3.x")).toEqual(["one", "three", "three"]);
  await taken(8, () =>
    rig.change(client, { from: 7, version: 8, apps: { a1: { ...one, hosts: ["new.x"] } } }),
  );
  expect(await answersOf("one.x", "new.x", "two.x")).toEqual(["404", "one", "three"]);
  expect(await rig.snapshot()).toMatchObject({ version: 8, apps: { a1: { hosts: ["new.x"] }, a3: three } });
});

test("one that missed a change reads the whole table", async () => {
  const [one, two] = [await appOf("one", "one.x"), await appOf("two", "two.x")];
  await rig.publish(client, { version: 5, apps: { a1: one } });
  await rig.router();
  await rig.change(client, { from: 5, version: 6, apps: { a2: two } }, true);
  await taken(7, () =>
    rig.change(client, { from: 6, version: 7, apps: { a1: { ...one, hosts: ["new.x"] } } }),
  );
  expect(await answersOf("new.x", "one.x", "two.x")).toEqual(["one", "404", "two"]);
});

test("what comes late, twice, or as nonsense changes nothing; a flushed Redis neither", async () => {
  const one = await appOf("one", "one.x");
  await rig.publish(client, { version: 5, apps: { a1: one } });
  await rig.router();
  await taken(6, () => rig.change(client, { from: 5, version: 6, apps: {} }));
  const tell = (news: unknown) => client.publish(rig.keys.routeTableChanged, JSON.stringify(news));
  for (const news of [
    { from: 4, version: 5, apps: { a1: null } },
    { from: 6, version: 6, apps: { a1: null } },
    "{",
    7,
  ])
    await tell(news);
  await client.flushall();
  await tell({ from: 3, version: 9, apps: { a1: null } });
  await rig.report(client, () => true);
  expect(await answersOf("one.x")).toEqual(["one"]);
  await taken(10, () => rig.publish(client, { version: 10, apps: {} }));
  expect(await answersOf("one.x")).toEqual(["404"]);
});

test("a route that cannot be read is its own app's fault only", async () => {
  const [one, two] = [await appOf("one", "one.x"), await appOf("two", "two.x")];
  await rig.publish(client, { version: 5, apps: { a1: one, a2: two } });
  await rig.router();
  const faulty = { ...two, mode: "odd" } as unknown as AppRoute;
  await taken(6, () => rig.change(client, { from: 5, version: 6, apps: { a2: faulty } }));
  expect(await answersOf("one.x", "two.x")).toEqual(["one", "404"]);
  await client.hset(rig.keys.routeTable, fieldOf("a2"), "{");
  await taken(7, () =>
    rig.change(client, { from: 6, version: 7, apps: { a1: { ...one, hosts: ["new.x"] } } }),
  );
  expect(await answersOf("new.x", "two.x")).toEqual(["one", "404"]);
});

test.each([
  ["a router that was killed is told of by its successor, after its own report", "SIGKILL"],
  ["a router that ends in order tells so itself", "SIGTERM"],
] as const)("%s", async (_, signal) => {
  await rig.publish(client, { version: 5, apps: {} });
  const first = await rig.router();
  const { routerId } = await rig.report(client, ({ version }) => version === 5);
  const said: { routerId: string; ended?: true }[] = [];
  const ears = client.duplicate();
  const end = new Promise<void>((resolve) => {
    ears.on("message", (_channel, text) => {
      said.push(JSON.parse(text));
      if (said.at(-1)?.ended) resolve();
    });
  });
  await ears.subscribe(rig.keys.routerReports);
  await rig.end(first, signal);
  if (signal === "SIGKILL") await rig.router();
  await end;
  ears.disconnect();
  expect(said.at(-1)).toEqual({ routerId, ended: true });
  expect(await client.exists(rig.keys.router(routerId))).toBe(0);
  if (signal === "SIGKILL") expect(said.at(-2)?.routerId).not.toBe(routerId);
});
