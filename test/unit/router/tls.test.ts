import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { certificateKeyPurpose } from "../../../core/certificate";
import { Sensitive } from "../../../core/env";
import type { TableChange } from "../../../core/route-table";
import { seal, subKey } from "../../../core/sealed";
import { factsOf } from "../../../router/front";
import { Certificates } from "../../../router/tls/certificates";
import { SecureDoor } from "../../../router/tls/secure-door";
import { nextTicketDay, ticketKey } from "../../../router/tls/ticket-keys";
import { CertificateMaker, type Issued } from "../../support/certificates";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

const maker = new CertificateMaker();
const secretKey = new Sensitive("ab".repeat(32));
const key = subKey(secretKey, certificateKeyPurpose);
const directory = mkdtempSync(join(tmpdir(), "paas-tls-"));
const logged: string[] = [];
const say = (particulars: object, message: string) =>
  void logged.push(`${message} ${JSON.stringify(particulars)}`);
const log = { debug: say, info: say, warn: say, error: say };
let root: Issued;
let shop: Issued;
let blog: Issued;
let rig: Rig;
let doors: SecureDoor[];

beforeAll(() => {
  root = maker.issue("Root", { authority: true });
  shop = maker.issue("shop", { by: root, hostnames: ["shop.localhost", "*.shop.example"] });
  blog = maker.issue("blog", { by: root, hostnames: ["blog.localhost"], newKey: "rsa:2048" });
});
afterAll(() => {
  maker.clean();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  logged.length = 0;
  doors = [];
  rig = await new Rig().listen();
});
afterEach(async () => {
  await rig.close();
  for (const door of doors) {
    door.stop();
    if (door.server.listening) await new Promise((resolve) => door.server.close(resolve));
  }
});

const sealed = ({ certificate, key: own }: Issued, id: string): string =>
  seal(key, JSON.stringify({ chain: certificate, key: own }), id).toString("base64");
const table = (certificates: Record<string, string>): TableChange => ({
  from: 0,
  version: 1,
  apps: {},
  certificates,
});
const shelf = (name: string, sealKey: Buffer | null = key) =>
  new Certificates({ directory: join(directory, name), key: sealKey, log });

/** Certificates by id: of shop, of blog, and one that nobody can open. */
async function stocked(name: string): Promise<Certificates> {
  const certificates = shelf(name);
  const wrong = seal(subKey(secretKey, "another purpose"), "{}", "broken").toString("base64");
  await certificates.keep(
    new Map([
      ["shop1", sealed(shop, "shop1")],
      ["blog1", sealed(blog, "blog1")],
      ["broken", wrong],
    ]),
  );
  certificates.take(
    table({
      "shop.localhost": "shop1",
      "*.shop.example": "shop1",
      "blog.localhost": "blog1",
      "bad.localhost": "broken",
      "gone.localhost": "gone",
    }),
  );
  return certificates;
}

async function open(certificates: Certificates, port = 0, proxied = false): Promise<number> {
  const door = new SecureDoor({
    host: "127.0.0.1",
    port,
    certificates,
    patienceMs: Number.POSITIVE_INFINITY,
    ticketDirectory: join(directory, "tickets"),
    handshakeMs: 5_000,
    onConnection: (socket) => rig.front.accept(socket, factsOf(socket, "https", rig.heads)),
    log,
  });
  doors.push(door);
  if (proxied) rig.heads.guard(door.server);
  await door.openIfNeeded();
  return (door.server.address() as AddressInfo).port;
}

/** Resolves with the connection, or the code of what ended it. */
async function dial(
  port: number,
  servername: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket | string> {
  const socket = connect({ host: "127.0.0.1", port, servername, ca: root.certificate, ...options });
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

async function nameServed(port: number, servername: string): Promise<string> {
  const socket = await dial(port, servername);
  if (typeof socket === "string") return socket;
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test("each name gets its certificate; one that cannot be used takes nothing but its own names along", async () => {
  const port = await open(await stocked("sni"));
  expect(await nameServed(port, "shop.localhost")).toBe("shop");
  expect(await nameServed(port, "A.shop.example")).toBe("shop");
  expect(await nameServed(port, "blog.localhost")).toBe("blog");
  for (const name of ["bad.localhost", "gone.localhost", "unknown.localhost", "a.b.shop.example"])
    expect(await nameServed(port, name)).toMatch(/ALERT_HANDSHAKE_FAILURE/);
  expect(logged.join("\n")).toMatch(/cannot be used; its names have none .*"broken"/);
  expect(logged.join("\n")).toMatch(/is missing; its names have none .*"gone"/);
});

test("TLS before 1.2 and weak ciphers are refused", async () => {
  const port = await open(await stocked("versions"));
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  expect(await dial(port, "shop.localhost", old)).toMatch(/PROTOCOL_VERSION/);
  const weak = { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" } as const;
  expect(await dial(port, "blog.localhost", weak)).toMatch(/HANDSHAKE_FAILURE/);
  const good = await dial(port, "blog.localhost", { maxVersion: "TLSv1.2" });
  expect(good).toMatchObject({ authorized: true });
  if (typeof good !== "string") good.destroy();
});

test("a request over TLS is told to the app, and HSTS to the client", async () => {
  const app = await rig.app((seen, response) =>
    response.end(`${seen.headers["x-forwarded-proto"]} ${seen.headers["x-forwarded-port"]}`),
  );
  rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: true, hsts: "max-age=60" });
  const port = await open(await stocked("request"));
  const call = request({
    host: "127.0.0.1",
    port,
    servername: "shop.localhost",
    ca: root.certificate,
    headers: { host: "shop.localhost" },
    agent: false,
  }).end();
  const [response] = await once(call, "response");
  expect(await text(response)).toBe(`https ${port}`);
  expect(response.headers["strict-transport-security"]).toBe("max-age=60");
});

test("http is sent to https where there is a certificate and the app wants it", async () => {
  const app = await rig.app((_seen, response) => response.end("plain"));
  rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: true, hsts: "max-age=60" });
  expect(await rig.get("/")).toContain("plain");
  rig.secureHosts.add("shop.localhost");
  const redirected = await rig.get("/a?b=c");
  expect(redirected).toMatch(/^HTTP\/1.1 301 /);
  expect(redirected).toContain("Location: https://shop.localhost:8443/a?b=c\r\n");
  expect(redirected).not.toContain("Strict-Transport-Security");
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const post = (host: string, more = "") =>
    `POST /x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n${more}\r\nhi`;
  const client = await rig.client(post("shop.localhost") + post("shop.localhost:80", upgrade));
  await client.receive(/308[\s\S]*308/);
  expect(client.text.match(/Location: https:\/\/shop.localhost\/x\r\n/g)).toHaveLength(2);
  client.socket.destroy();
  rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: false, hsts: null });
  expect(await rig.get("/")).toContain("plain");
});

test.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a session of %s is resumed after a restart of the router",
  async (version) => {
    const certificates = await stocked("resumption");
    const first = await open(certificates);
    const socket = connect({
      host: "127.0.0.1",
      port: first,
      servername: "shop.localhost",
      ca: root.certificate,
      maxVersion: version,
    });
    const [session] = (await once(socket, "session")) as [Buffer];
    socket.destroy();
    const again = await dial(await open(certificates), "shop.localhost", { session, maxVersion: version });
    expect(again).toMatchObject({ authorized: true });
    expect((again as TLSSocket).isSessionReused()).toBe(true);
    (again as TLSSocket).destroy();
  },
);

test("ticket keys are the same for all routers of a day, and gone after it", async () => {
  const place = join(directory, "days");
  const now = Date.UTC(2026, 10, 20, 12);
  const keys = await Promise.all([
    ticketKey(place, now),
    ticketKey(place, now),
    ticketKey(place, now + 3_600_000),
  ]);
  expect(new Set(keys.map((one) => one.toString("hex"))).size).toBe(1);
  const next = await ticketKey(place, nextTicketDay(now));
  expect(next.equals(keys[0] ?? next)).toBe(false);
  expect(readdirSync(place)).toHaveLength(1);
});

test("certificates are kept on disk sealed, found again after a restart, and removed when no table names them", async () => {
  await stocked("disk");
  const place = join(directory, "disk");
  expect(readdirSync(place).sort()).toEqual(["blog1", "broken", "shop1"]);
  for (const file of readdirSync(place))
    expect(readFileSync(join(place, file), "utf8")).not.toContain("PRIVATE");
  const next = shelf("disk");
  await next.load(table({ "shop.localhost": "shop1" }));
  next.take(table({ "shop.localhost": "shop1" }));
  expect(next.contextFor("shop.localhost")).toBeDefined();
  await next.tidy();
  expect(readdirSync(place)).toEqual(["shop1"]);
  expect(shelf("disk", null).any).toBe(false);
});

test("without a certificate no port is opened", async () => {
  const certificates = shelf("none");
  certificates.take(table({}));
  const door = new SecureDoor({
    host: "127.0.0.1",
    port: 0,
    certificates,
    patienceMs: 0,
    ticketDirectory: directory,
    handshakeMs: 1,
    onConnection: () => undefined,
    log,
  });
  await door.openIfNeeded();
  expect(door.server.listening).toBe(false);
});

test("a question of ACME is answered before anything else, for apps that want it", async () => {
  const app = await rig.app((_seen, response) => response.end("the app's"));
  const ask = "/.well-known/acme-challenge/tok-1";
  rig.secureHosts.add("shop.localhost");
  const tls = { redirect: true, hsts: null };
  rig.route([], "maintenance", undefined, undefined, { ...tls, acme: "thumb" });
  expect(await rig.get(ask)).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\ntok-1\.thumb$/);
  rig.route([target("i1", app)], "serve", undefined, undefined, { ...tls, redirect: false });
  expect(await rig.get(ask)).toContain("the app's");
});

test("an authority gets its proof by TLS-ALPN-01, and everybody else the name's own certificate meanwhile", async () => {
  const certificates = await stocked("alpn");
  const digest = Buffer.alloc(32, 7);
  const challenged = ["shop.localhost", "new.localhost"];
  certificates.take({
    ...table({ "shop.localhost": "shop1" }),
    tlsChallenges: Object.fromEntries(challenged.map((name) => [name, digest.toString("base64url")])),
  });
  const port = await open(certificates);
  for (const name of challenged) {
    const proof = await dial(port, name, { ALPNProtocols: ["acme-tls/1"], rejectUnauthorized: false });
    if (typeof proof === "string") throw new Error(proof);
    expect(proof.alpnProtocol).toBe("acme-tls/1");
    expect(proof.getPeerCertificate().subjectaltname).toBe(`DNS:${name}`);
    expect(proof.getPeerX509Certificate()?.raw.includes(digest)).toBe(true);
    proof.resume();
    await once(proof, "close");
  }
  expect(await nameServed(port, "shop.localhost")).toBe("shop");
  expect(await nameServed(port, "new.localhost")).toMatch(/ALERT_HANDSHAKE_FAILURE/);
  const both = await dial(port, "shop.localhost", { ALPNProtocols: ["http/1.1", "h2"] });
  expect(both).toMatchObject({ alpnProtocol: "h2" });
  if (typeof both !== "string") both.destroy();
  const other = await dial(port, "blog.localhost", { ALPNProtocols: ["acme-tls/1"] });
  expect(other).toMatch(/NO_APPLICATION_PROTOCOL/);
  const unknown = await dial(port, "shop.localhost", { ALPNProtocols: ["spdy/1"] });
  expect(unknown).toMatch(/NO_APPLICATION_PROTOCOL/);
  certificates.take({ ...table({}), tlsChallenges: {} });
  expect(certificates.any).toBe(false);
});

test("the platform's own host goes by its own wishes", async () => {
  const wish = { redirect: true, hsts: "max-age=60", acme: "thumb" };
  const ask = async (path: string) => {
    const client = await rig.client(
      `GET ${path} HTTP/1.1\r\nHost: paas.localhost:8080\r\nConnection: close\r\n\r\n`,
    );
    return client.end();
  };
  rig.hosts({ version: 0, hosts: {}, apps: {}, platform: { tls: wish } });
  expect(await ask("/.well-known/acme-challenge/tok-1")).toMatch(/^HTTP\/1.1 200 [\s\S]*tok-1\.thumb$/);
  expect(await ask("/v1/whoami")).not.toContain("Location:");
  rig.secureHosts.add("paas.localhost");
  expect(await ask("/v1/whoami")).toContain("Location: https://paas.localhost:8443/v1/whoami\r\n");
  rig.hosts({ version: 0, hosts: {}, apps: {}, platform: { tls: { redirect: false, hsts: null } } });
  expect(await ask("/v1/whoami")).not.toContain("Location:");
});

test.each(["in a packet of its own", "with the handshake behind it"])(
  "behind a balancer that speaks PROXY, the head comes before TLS, %s",
  async (how) => {
    await rig.close();
    rig = await new Rig({ proxies: ["127.0.0.0/8"] }).listen();
    const app = await rig.app((request, response) => response.end(request.headers["x-forwarded-for"]));
    rig.route([target("i1", app)]);
    const port = await open(await stocked("proxied"), 0, true);
    const plain = connectPlain(port, "127.0.0.1");
    await once(plain, "connect");
    const head = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n";
    if (how.startsWith("with")) plain.cork();
    plain.write(head);
    const socket = Duplex.from({ readable: plain, writable: plain });
    const secure = connect({ socket, servername: "shop.localhost", ca: root.certificate });
    while (plain.writableCorked > 0 && plain.writableLength <= head.length) await new Promise(setImmediate);
    plain.uncork();
    await once(secure, "secureConnect");
    secure.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n");
    expect(await text(secure)).toMatch(/192\.0\.2\.7$/);
    plain.destroy();
  },
);
