import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { runStandalone, type Standalone } from "../../../router/standalone";
import { CertificateMaker } from "../../support/certificates";
import { closedPort } from "../../support/router-rig/target";

let folder: string;
let file: string;
let app: Server;
let router: Standalone | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "paas-standalone-"));
  file = join(folder, "table.json");
  app = createServer((request, response) => response.end(`for ${request.headers.host}`)).listen(
    0,
    "127.0.0.1",
  );
  await once(app, "listening");
});
afterEach(async () => {
  await router?.end();
  router = undefined;
  app.close();
  app.closeAllConnections();
  await rm(folder, { recursive: true });
});

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const tableOf = (...hosts: string[]) => {
  const targets = [`127.0.0.1:${(app.address() as AddressInfo).port}`];
  return JSON.stringify({ hosts: Object.fromEntries(hosts.map((host) => [host, { targets }])) });
};

async function ask(port: number, host: string): Promise<{ status: number; body: string }> {
  const request = get({ host: "127.0.0.1", port, headers: { host }, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = await response.setEncoding("utf8").reduce<string>((sum, chunk) => sum + String(chunk), "");
  return { status: response.statusCode ?? 0, body };
}

test("serves a table from a file, reads it again when asked to, and keeps the old one over a bad one", async () => {
  await writeFile(file, tableOf("shop.example", "*.shop.example"));
  const out = new PassThrough();
  const port = await closedPort();
  router = await runStandalone(["--listen", `127.0.0.1:${port}`, "--table", file], {
    out,
    log: silent,
    workers: 1,
  });
  expect(await ask(port, "shop.example")).toEqual({ status: 200, body: "for shop.example" });
  expect(await ask(port, "a.shop.example")).toEqual({ status: 200, body: "for a.shop.example" });
  expect(await ask(port, "other.example")).toMatchObject({ status: 404 });
  await writeFile(file, tableOf("*"));
  await router.reload();
  expect(await ask(port, "other.example")).toEqual({ status: 200, body: "for other.example" });
  await writeFile(file, "{}");
  await expect(router.reload()).rejects.toThrow("is no table");
  expect(await ask(port, "other.example")).toMatchObject({ status: 200 });
  const [lines] = (await once(out, "data")) as [Buffer];
  expect(String(lines)).toMatch(
    /^at=info method=GET path="\/" host=shop\.example .* instance=web\.1 .* status=200 bytes=16\n/,
  );
});

test("treats requests as the table says, by the words of http:set", async () => {
  const targets = [`127.0.0.1:${(app.address() as AddressInfo).port}`];
  const write = (http: object) =>
    writeFile(file, JSON.stringify({ hosts: { "shop.example": { targets, http }, "*": { targets } } }));
  await write({ rate: "1/h", "canonical-host": "shop.example" });
  const port = await closedPort();
  const options = { out: new PassThrough(), log: silent, workers: 1 };
  router = await runStandalone(["--listen", `127.0.0.1:${port}`, "--table", file], options);
  const statuses = async (...hosts: string[]) => {
    const found: number[] = [];
    for (const host of hosts) found.push((await ask(port, host)).status);
    return found;
  };
  expect(await statuses("shop.example", "shop.example", "blog.example", "blog.example")).toEqual([
    200, 429, 200, 200,
  ]);
  await write({ deny: "127.0.0.0/8" });
  await router.reload();
  expect(await statuses("shop.example", "blog.example")).toEqual([403, 200]);
  for (const [http, fault] of [
    [{ rat: "1/h" }, /shop\.example: "rat" is no HTTP setting/],
    [{ rate: "often" }, /shop\.example: rate: "often" is no rate/],
    [{ "canonical-host": "blog.example" }, /shop\.example: canonical-host and redirects must name/],
    [{ "error-page": "https://a.example/" }, /error-page: pages/],
  ] as const) {
    await write(http);
    await expect(router.reload()).rejects.toThrow(fault);
  }
  expect(await statuses("shop.example", "blog.example")).toEqual([403, 200]);
});

test.each([
  ["no words", []],
  ["no port", ["--listen", "127.0.0.1", "--table", "a"]],
  ["no table", ["--listen", "127.0.0.1:80"]],
  ["a file that is not there", ["--listen", "127.0.0.1:80", "--table", "/nonexistent"]],
])("%s is refused with what to do", async (_, words) => {
  await expect(runStandalone(words, { out: new PassThrough(), log: silent, workers: 1 })).rejects.toThrow(
    /Usage: paas router|cannot be read/,
  );
});

test("serves TLS with a certificate from files, to its names", async () => {
  const maker = new CertificateMaker();
  try {
    const { certificate, key } = maker.issue("shop", { hostnames: ["shop.example"] });
    await writeFile(file, tableOf("shop.example"));
    const [http, https] = [await closedPort(), await closedPort()];
    const files = ["--certificate", maker.file(certificate), "--key", maker.file(key)];
    const words = ["--listen", `127.0.0.1:${http}`, "--table", file, "--https-port", String(https)];
    const options = { out: new PassThrough(), log: silent, workers: 1 };
    router = await runStandalone([...words, ...files], options);
    const socket = connect({
      host: "127.0.0.1",
      port: https,
      servername: "shop.example",
      ca: certificate,
      ALPNProtocols: ["h2"],
    });
    await once(socket, "secureConnect");
    const session = connectHttp2("https://shop.example", { createConnection: () => socket });
    expect(await text(session.request({ ":path": "/", ":authority": "shop.example" }))).toBe(
      "for shop.example",
    );
    session.close();
    await expect(runStandalone([...words, "--certificate", file, "--key", file], options)).rejects.toThrow(
      "The certificate cannot be used",
    );
  } finally {
    maker.clean();
  }
});
