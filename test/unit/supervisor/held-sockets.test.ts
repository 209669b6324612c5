import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { handOver, readHanded } from "../../../core/handed-sockets";
import { HeldSockets } from "../../../supervisor/roles/held-sockets";

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => server.close());

const heldAt = (host: string, isWanted = () => true) =>
  new HeldSockets([{ door: "http", host, port, isWanted }]);

test("a port is held as soon as its last holder lets go of it", async () => {
  const sockets = heldAt("127.0.0.1");
  expect(await sockets.hold(0)).toEqual({});
  const holding = sockets.hold(10_000);
  server.close();
  const { http } = await holding;
  expect(await sockets.hold(0)).toEqual({ http });
  expect(http).toBeGreaterThan(2);

  const heir = createServer((client) => client.end("heir")).listen({ fd: Number(http) });
  await once(heir, "listening");
  const client = connect(port, "127.0.0.1");
  expect(String((await once(client, "data"))[0])).toBe("heir");
  heir.close();
});

test("what is not wanted, or is no address of this machine, is not held", async () => {
  server.close();
  expect(await heldAt("127.0.0.1", () => false).hold(0)).toEqual({});
  expect(await heldAt("192.0.2.1").hold(0)).toEqual({});
});

test("a released port is anybody's", async () => {
  server.close();
  const sockets = heldAt("127.0.0.1");
  await sockets.hold(0);
  sockets.release();
  await once(server.listen(port, "127.0.0.1"), "listening");
});

test("what is handed over is read as it was meant, and nothing else", () => {
  const { descriptors, text } = handOver({ http: 19, https: 23 });
  expect([descriptors, readHanded(text)]).toEqual([[19, 23], { http: 3, https: 4 }]);
  for (const other of [undefined, "", "ftp=3", "http=", "http=3x"]) expect(readHanded(other)).toEqual({});
});
