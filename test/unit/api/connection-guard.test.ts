import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { guardConnections } from "../../../server/api/peers/connection-guard";
import { ContainerPeers } from "../../../server/api/peers/container-peers";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server behind the guard; the callers' address is whatever the test says it is. */
async function guarded(ranges: () => Promise<string[]>) {
  const warnings: string[] = [];
  const quiet = () => undefined;
  const warn = (_particulars: object, message: string) => void warnings.push(message);
  const server = createServer((_req, res) => res.end("reached"));
  const sources = { addressPool: "10.213.0.0/16", interfaces: () => ({}), ranges, now: () => 0 };
  const peers = new ContainerPeers(sources);
  guardConnections(server, peers, { debug: quiet, info: quiet, error: quiet, warn });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const call = async (address: string, request = "GET / HTTP/1.0\r\n\r\n"): Promise<string> => {
    server.prependOnceListener("connection", (socket) =>
      Object.defineProperty(socket, "remoteAddress", { value: address }),
    );
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", quiet); // reset: what it had sent was never read
    socket.write(request);
    return text(socket).catch(() => "");
  };
  return { call, warnings };
}

test("a container is closed without a byte, silent or not; others are served", async () => {
  const { call } = await guarded(async () => []);
  expect(await call("10.213.0.2")).toBe("");
  expect(await call("::ffff:10.213.0.2", "")).toBe("");
  expect(await call("192.0.2.1")).toContain("reached");
});

test("one out of a network that came up later is closed as soon as that is known, though it says nothing", async () => {
  const networks: string[] = [];
  const { call } = await guarded(async () => [...networks]);
  networks.push("172.30.0.0/24");
  expect(await call("172.30.0.2", "")).toBe("");
});

test("a flood of them makes one line in the log", async () => {
  const { call, warnings } = await guarded(async () => []);
  for (const _ of Array.from({ length: 5 })) await call("10.213.0.2");
  expect(warnings).toHaveLength(1);
});

test("callers are served while the engine is away", async () => {
  const { call, warnings } = await guarded(() => Promise.reject(new Error("away")));
  expect(await call("172.30.0.2")).toContain("reached");
  expect(warnings.every((message) => message.includes("engine"))).toBe(true);
});
