import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import { SecureDoor } from "../../../../router/tls/secure-door";
import { target } from "../../../support/router-rig/target";
import { Stage, table } from "./stage";

const stage = Stage.use();

test("each name gets its certificate; one that cannot be used takes nothing but its own names along", async () => {
  const port = await stage.open(await stage.stocked("sni"));
  expect(await stage.nameServed(port, "shop.localhost")).toBe("shop");
  expect(await stage.nameServed(port, "A.shop.example")).toBe("shop");
  expect(await stage.nameServed(port, "blog.localhost")).toBe("blog");
  for (const name of ["bad.localhost", "gone.localhost", "unknown.localhost", "a.b.shop.example"])
    expect(await stage.nameServed(port, name)).toMatch(/ALERT_HANDSHAKE_FAILURE/);
  expect(stage.logged.join("\n")).toMatch(/cannot be used; its names have none .*"broken"/);
  expect(stage.logged.join("\n")).toMatch(/is missing; its names have none .*"gone"/);
});

test("TLS before 1.2 and weak ciphers are refused", async () => {
  const port = await stage.open(await stage.stocked("versions"));
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  expect(await stage.dial(port, "shop.localhost", old)).toMatch(/PROTOCOL_VERSION/);
  const weak = { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" } as const;
  expect(await stage.dial(port, "blog.localhost", weak)).toMatch(/HANDSHAKE_FAILURE/);
  const good = await stage.dial(port, "blog.localhost", { maxVersion: "TLSv1.2" });
  expect(good).toMatchObject({ authorized: true });
  if (typeof good !== "string") good.destroy();
});

test.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a session of %s is resumed after a restart of the router",
  async (version) => {
    const certificates = await stage.stocked("resumption");
    const first = await stage.open(certificates);
    const socket = connect({
      host: "127.0.0.1",
      port: first,
      servername: "shop.localhost",
      ca: stage.root.certificate,
      maxVersion: version,
    });
    const [session] = (await once(socket, "session")) as [Buffer];
    socket.destroy();
    const again = await stage.dial(await stage.open(certificates), "shop.localhost", {
      session,
      maxVersion: version,
    });
    expect(again).toMatchObject({ authorized: true });
    expect((again as TLSSocket).isSessionReused()).toBe(true);
    (again as TLSSocket).destroy();
  },
);

test("an authority gets its proof by TLS-ALPN-01, and everybody else the name's own certificate meanwhile", async () => {
  const certificates = await stage.stocked("alpn");
  const digest = Buffer.alloc(32, 7);
  const challenged = ["shop.localhost", "new.localhost"];
  certificates.take({
    ...table({ "shop.localhost": "shop1" }),
    tlsChallenges: Object.fromEntries(challenged.map((name) => [name, digest.toString("base64url")])),
  });
  const port = await stage.open(certificates);
  for (const name of challenged) {
    const proof = await stage.dial(port, name, { ALPNProtocols: ["acme-tls/1"], rejectUnauthorized: false });
    if (typeof proof === "string") throw new Error(proof);
    expect(proof.alpnProtocol).toBe("acme-tls/1");
    expect(proof.getPeerCertificate().subjectaltname).toBe(`DNS:${name}`);
    expect(proof.getPeerX509Certificate()?.raw.includes(digest)).toBe(true);
    proof.resume();
    await once(proof, "close");
  }
  expect(await stage.nameServed(port, "shop.localhost")).toBe("shop");
  expect(await stage.nameServed(port, "new.localhost")).toMatch(/ALERT_HANDSHAKE_FAILURE/);
  const both = await stage.dial(port, "shop.localhost", { ALPNProtocols: ["http/1.1", "h2"] });
  expect(both).toMatchObject({ alpnProtocol: "h2" });
  if (typeof both !== "string") both.destroy();
  const other = await stage.dial(port, "blog.localhost", { ALPNProtocols: ["acme-tls/1"] });
  expect(other).toMatch(/NO_APPLICATION_PROTOCOL/);
  const unknown = await stage.dial(port, "shop.localhost", { ALPNProtocols: ["spdy/1"] });
  expect(unknown).toMatch(/NO_APPLICATION_PROTOCOL/);
  certificates.take({ ...table({}), tlsChallenges: {} });
  expect(certificates.any).toBe(false);
});

test.each(["in a packet of its own", "with the handshake behind it"])(
  "behind a balancer that speaks PROXY, the head comes before TLS, %s",
  async (how) => {
    await stage.reopen({ proxies: ["127.0.0.0/8"] });
    const app = await stage.rig.app((request, response) => response.end(request.headers["x-forwarded-for"]));
    stage.rig.route([target("i1", app)]);
    const port = await stage.open(await stage.stocked("proxied"), 0, true);
    const plain = connectPlain(port, "127.0.0.1");
    await once(plain, "connect");
    const head = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n";
    if (how.startsWith("with")) plain.cork();
    plain.write(head);
    const socket = Duplex.from({ readable: plain, writable: plain });
    const secure = connect({ socket, servername: "shop.localhost", ca: stage.root.certificate });
    while (plain.writableCorked > 0 && plain.writableLength <= head.length) await new Promise(setImmediate);
    plain.uncork();
    await once(secure, "secureConnect");
    secure.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n");
    expect(await text(secure)).toMatch(/192\.0\.2\.7$/);
    plain.destroy();
  },
);

test("without a certificate no port is opened", async () => {
  const certificates = stage.shelf("none");
  certificates.take(table({}));
  const door = new SecureDoor({
    host: "127.0.0.1",
    port: 0,
    certificates,
    patienceMs: 0,
    ticketDirectory: stage.directory,
    handshakeMs: 1,
    onConnection: () => undefined,
    log: stage.log,
  });
  await door.openIfNeeded();
  expect(door.server.listening).toBe(false);
});
