import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { target } from "../../../support/router-rig/target";
import { Stage } from "./stage";

const stage = Stage.use();

test("a request over TLS is told to the app, and HSTS to the client", async () => {
  const app = await stage.rig.app((seen, response) =>
    response.end(`${seen.headers["x-forwarded-proto"]} ${seen.headers["x-forwarded-port"]}`),
  );
  stage.rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: true, hsts: "max-age=60" });
  const port = await stage.open(await stage.stocked("request"));
  const call = request({
    host: "127.0.0.1",
    port,
    servername: "shop.localhost",
    ca: stage.root.certificate,
    headers: { host: "shop.localhost" },
    agent: false,
  }).end();
  const [response] = await once(call, "response");
  expect(await text(response)).toBe(`https ${port}`);
  expect(response.headers["strict-transport-security"]).toBe("max-age=60");
});

test("http is sent to https where there is a certificate and the app wants it", async () => {
  const app = await stage.rig.app((_seen, response) => response.end("plain"));
  stage.rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: true, hsts: "max-age=60" });
  expect(await stage.rig.get("/")).toContain("plain");
  stage.rig.secureHosts.add("shop.localhost");
  const redirected = await stage.rig.get("/a?b=c");
  expect(redirected).toMatch(/^HTTP\/1.1 301 /);
  expect(redirected).toContain("Location: https://shop.localhost:8443/a?b=c\r\n");
  expect(redirected).not.toContain("Strict-Transport-Security");
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const post = (host: string, more = "") =>
    `POST /x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n${more}\r\nhi`;
  const client = await stage.rig.client(post("shop.localhost") + post("shop.localhost:80", upgrade));
  await client.receive(/308[\s\S]*308/);
  expect(client.text.match(/Location: https:\/\/shop.localhost\/x\r\n/g)).toHaveLength(2);
  client.socket.destroy();
  stage.rig.route([target("i1", app)], "serve", undefined, undefined, { redirect: false, hsts: null });
  expect(await stage.rig.get("/")).toContain("plain");
});

test("a question of ACME is answered before anything else, for apps that want it", async () => {
  const app = await stage.rig.app((_seen, response) => response.end("the app's"));
  const ask = "/.well-known/acme-challenge/tok-1";
  stage.rig.secureHosts.add("shop.localhost");
  const tls = { redirect: true, hsts: null };
  stage.rig.route([], "maintenance", undefined, undefined, { ...tls, acme: "thumb" });
  expect(await stage.rig.get(ask)).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\ntok-1\.thumb$/);
  stage.rig.route([target("i1", app)], "serve", undefined, undefined, { ...tls, redirect: false });
  expect(await stage.rig.get(ask)).toContain("the app's");
});

test("the platform's own host goes by its own wishes", async () => {
  const wish = { redirect: true, hsts: "max-age=60", acme: "thumb" };
  const ask = async (path: string) => {
    const client = await stage.rig.client(
      `GET ${path} HTTP/1.1\r\nHost: paas.localhost:8080\r\nConnection: close\r\n\r\n`,
    );
    return client.end();
  };
  stage.rig.hosts({ version: 0, hosts: {}, apps: {}, platform: { tls: wish } });
  expect(await ask("/.well-known/acme-challenge/tok-1")).toMatch(/^HTTP\/1.1 200 [\s\S]*tok-1\.thumb$/);
  expect(await ask("/v1/whoami")).not.toContain("Location:");
  stage.rig.secureHosts.add("paas.localhost");
  expect(await ask("/v1/whoami")).toContain("Location: https://paas.localhost:8443/v1/whoami\r\n");
  stage.rig.hosts({ version: 0, hosts: {}, apps: {}, platform: { tls: { redirect: false, hsts: null } } });
  expect(await ask("/v1/whoami")).not.toContain("Location:");
});
