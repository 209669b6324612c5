import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

let router: Rig;
beforeEach(async () => {
  router = await new Rig().listen();
});
afterEach(() => router.close());

/** More than the system takes for a client that does not read. */
const size = 20 * 2 ** 20;
/** A body that no other request gets; it repeats at no length at which a buffer may end. */
const bodyOf = (name: string) =>
  Buffer.alloc(size, Array.from({ length: 50_021 }, (_, index) => `${name} ${index} `).join(""));
const sumOf = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex");

/** Asks for a body, and reads it from `begin` on; resolves with the body's sum. */
async function fetchSum(name: string, begin: Promise<unknown> = Promise.resolve()): Promise<string> {
  const socket = connect(router.port, "127.0.0.1");
  socket.write(`GET /${name} HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n`);
  await begin;
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "close");
  const all = Buffer.concat(chunks);
  return sumOf(all.subarray(all.indexOf("\r\n\r\n") + 4));
}

test("long bodies that share their buffers arrive whole and apart, for clients that do not read yet and for others", async () => {
  const port = await router.app((request, response) => response.end(bodyOf(request.url?.slice(1) ?? "")));
  router.route([target("i1", port)]);
  const fast = Promise.all(["a", "b", "c"].map((name) => fetchSum(name)));
  const slow = Promise.all(["x", "y"].map((name) => fetchSum(name, fast)));
  expect([...(await fast), ...(await slow)]).toEqual(
    ["a", "b", "c", "x", "y"].map((name) => sumOf(bodyOf(name))),
  );
});

test("a client that leaves in the middle of a body spoils nobody else's", async () => {
  const port = await router.app((request, response) => response.end(bodyOf(request.url?.slice(1) ?? "")));
  router.route([target("i1", port)]);
  const leaving = [1, 2, 3, 4].map(async () => {
    const socket = connect(router.port, "127.0.0.1");
    socket.write("GET /left HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await once(socket, "data");
    socket.destroy();
  });
  const others = ["x", "y", "z"].map((name) => fetchSum(name));
  await Promise.all(leaving);
  expect(await Promise.all(others)).toEqual(["x", "y", "z"].map((name) => sumOf(bodyOf(name))));
});
