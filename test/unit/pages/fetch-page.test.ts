import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mostPageBytes } from "../../../core/http-setting-words";
import { fetchPage } from "../../../server/pages/fetch-page";
import { isPublicAddress } from "../../../server/pages/public-address";

const servers: Server[] = [];
async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html?a=b`);
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
const anywhere = { router: null, mayAsk: () => true };
const html = { "Content-Type": "text/html; charset=utf-8" };

test("a page is fetched as it is", async () => {
  const url = await serve((request, response) =>
    response.writeHead(200, html).end(`<p>\u2026 ${request.url}`),
  );
  expect(await fetchPage(url, anywhere)).toBe("<p>\u2026 /page.html?a=b");
});

test.each<[string, RequestListener, string]>([
  [
    "a redirect",
    (_, response) => response.writeHead(302, { Location: "http://10.0.0.1/" }).end(),
    "it answers 302",
  ],
  ["an error", (_, response) => response.writeHead(500, html).end(), "it answers 500"],
  [
    "no HTML",
    (_, response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("x"),
    "it is no HTML",
  ],
  [
    "too much",
    (_, response) => response.writeHead(200, html).end("x".repeat(mostPageBytes + 1)),
    "larger than 32 KB",
  ],
  [
    "much without end",
    (_, response) => void setInterval(() => response.write("x".repeat(9_999)), 1).unref(),
    "it is no HTML",
  ],
  [
    "another encoding",
    (_, response) => response.writeHead(200, html).end(Buffer.from([0xfc])),
    "it is not in UTF-8",
  ],
])("%s is refused", async (_, listener, reason) => {
  await expect(fetchPage(await serve(listener), anywhere)).rejects.toThrow(reason);
});

test("one that takes too long is given up", async () => {
  const url = await serve((_, response) => void response.writeHead(200, html).write("x"));
  await expect(fetchPage(url, { ...anywhere, limitMs: 100 })).rejects.toThrow(/cannot be fetched/);
});

test("only public addresses are asked, whatever name leads there", async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    response.writeHead(200, html).end("secret");
  });
  const named = new URL(url);
  named.hostname = "localhost";
  const spelled = new URL(`http://2130706433:${url.port}/`);
  const mapped = new URL(`http://[::ffff:127.0.0.1]:${url.port}/`);
  for (const each of [url, named, spelled, mapped])
    await expect(fetchPage(each, { router: null })).rejects.toThrow("not public");
  expect(asked).toBe(0);
});

test("a hostname of this platform is asked at the router", async () => {
  const { port } = await serve((request, response) =>
    response.writeHead(200, html).end(request.headers.host),
  );
  const router = { address: "127.0.0.1", port: Number(port) };
  expect(await fetchPage(new URL("http://pages.localhost:8080/"), { router })).toBe("pages.localhost:8080");
});

test.each([
  ["1.1.1.1", true],
  ["2606:4700::1111", true],
  ["127.0.0.1", false],
  ["10.213.0.2", false],
  ["172.17.0.1", false],
  ["169.254.169.254", false],
  ["100.64.0.1", false],
  ["0.0.0.0", false],
  ["::1", false],
  ["::ffff:10.0.0.1", false],
  ["::ffff:a00:1", false],
  ["64:ff9b::a00:1", false],
  ["fd00::1", false],
  ["fe80::1", false],
  ["shop", false],
])("%s is public: %s", (address, isPublic) => expect(isPublicAddress(address)).toBe(isPublic));
