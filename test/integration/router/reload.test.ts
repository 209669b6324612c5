import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, get, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import type { RouterView } from "../../../core/wire";
import { RouterAdmin } from "../../../server/routes/router-admin";
import { Traffic } from "../../support/traffic";
import { RouterRig, shopTable } from "./rig";

jest.setTimeout(60_000);

let rig: RouterRig;
let admin: RouterAdmin;
const app = createServer((asked, response) => {
  if (asked.url === "/slow") setTimeout(() => response.end("slow"), 2_000);
  else response.end("fast");
});
const sockets = new WebSocketServer({ server: app });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
let port: number;

beforeAll(async () => {
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  ({ port } = app.address() as AddressInfo);
});
afterAll(() => {
  sockets.close();
  app.closeAllConnections();
  app.close();
});
beforeEach(async () => {
  rig = await RouterRig.make();
  admin = new RouterAdmin(rig.paths.routerSocket);
});
afterEach(() => rig.close());

/** A router that routes to the app, whose streams may drain for so long. */
async function start(streamsMs: number, workers?: number): Promise<void> {
  const table = shopTable(1, ["i1", port]);
  for (const route of Object.values(table.apps)) route.drain = { streamsMs };
  await rig.leaveSnapshot(table);
  await rig.router(workers);
}

async function until(matches: (view: RouterView) => boolean): Promise<RouterView> {
  for (;;) {
    const view = await admin.view();
    if (matches(view)) return view;
    await delay(20);
  }
}
const isDone = ({ reload }: RouterView) => reload?.state === "done";
const pids = ({ workers }: RouterView) => workers.map(({ pid }) => pid);

test("a reload under traffic fails no request: others take over, requests end, streams have their limit", async () => {
  await start(1_500, 2);
  const place = { host: "shop.localhost", path: "/", accepts: (body: string) => body === "fast" };
  const clients = [0, 1, 2].flatMap(() => [
    { ...place, connection: "kept" as const },
    { ...place, connection: "new" as const },
  ]);
  const traffic = new Traffic(rig.httpPort, clients);
  await traffic.flows(["shop.localhost"], 20);
  const before = pids(await admin.view());
  const socket = new WebSocket(`ws://127.0.0.1:${rig.httpPort}/`, { headers: { Host: "shop.localhost" } });
  await once(socket, "open");
  const closed = once(socket, "close");
  const slow = get({
    host: "127.0.0.1",
    port: rig.httpPort,
    path: "/slow",
    headers: { host: "shop.localhost" },
  });
  const answered = once(slow, "response") as Promise<[IncomingMessage]>;

  expect((await admin.reload()).reload).toEqual({ state: "starting", reason: null });
  await until(({ reload }) => reload?.state === "leaving");
  socket.send("still here");
  expect(String((await once(socket, "message"))[0])).toBe("still here");
  expect((await closed)[0]).toBe(1001);
  expect(await text((await answered)[0])).toBe("slow");
  const after = await until(isDone);
  await traffic.flows(["shop.localhost"], 20);
  await traffic.stop();
  expect(traffic.failures).toEqual([]);
  expect(after.workers.map(({ state }) => state)).toEqual(["serving", "serving"]);
  expect(pids(after).filter((pid) => before.includes(pid))).toEqual([]);
});

test("when a new worker cannot serve, the old ones go on, and another reload may do better", async () => {
  await start(0, 2);
  const before = pids(await admin.view());
  const fresh = pids(await admin.reload()).filter((pid) => !before.includes(pid));
  process.kill(fresh[0] ?? 0, "SIGKILL");
  const { reload } = await until((view) => view.reload?.state === "failed");
  expect(reload?.reason).toContain("killed by SIGKILL");
  await until((view) => view.workers.length === 2);
  expect(pids(await admin.view())).toEqual(before);
  const both = await Promise.allSettled([admin.reload(), admin.reload()]);
  expect(both).toContainEqual({ status: "rejected", reason: expect.objectContaining({ code: "conflict" }) });
  expect(both).toContainEqual(expect.objectContaining({ status: "fulfilled" }));
  await until(isDone);
});

test("a router that is one process says how it could be reloaded", async () => {
  await start(0, 1);
  expect((await admin.view()).workers).toMatchObject([{ state: "serving", version: 1 }]);
  await expect(admin.reload()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("PAAS_ROUTER_WORKERS"),
  });
});

test("only the owner may open the admin socket, which tells the table and what is counted", async () => {
  await start(0);
  const ask = async (path: string) => {
    const call = request({ socketPath: rig.paths.routerSocket, path }).end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    return JSON.parse(await text(response));
  };
  expect(await ask("/table")).toMatchObject({ version: 1, apps: { a1: { hosts: ["shop.localhost"] } } });
  expect(await ask("/counters")).toMatchObject({ version: 1, inFlight: {} });
  expect(await ask("/other")).toMatchObject({ code: "not_found" });
  expect((await stat(rig.paths.routerSocket)).mode & 0o777).toBe(0o600);
});
