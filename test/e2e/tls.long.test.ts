import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Redis } from "ioredis";
import { dataPaths } from "../../core/data-paths";
import { keysFor } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { AcmeAuthority } from "../support/acme-authority";
import { CertificateMaker, type Issued } from "../support/certificates";
import { freePorts } from "../support/free-port";
import { newPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

const maker = new CertificateMaker();
let platform: TestPlatform;
let httpsPort: number;
let root: Issued;
let middle: Issued;
let authority: AcmeAuthority;

beforeAll(async () => {
  [httpsPort = 0] = await freePorts(1);
  platform = await newPlatform();
  authority = await AcmeAuthority.start(platform.httpPort);
  Object.assign(platform.env, {
    PAAS_HTTPS_PORT: `${httpsPort}`,
    PAAS_ACME_DIRECTORY: authority.directoryUrl,
    PAAS_ACME_CA_FILE: authority.rootFile,
    PAAS_ACME_DNS: authority.dnsServer,
    PAAS_ACME_EMAIL: "ops@shop.test",
  });
  await platform.up();
  root = maker.issue("Root", { authority: true });
  middle = maker.issue("Middle", { authority: true, by: root });
  await paas("create", "shop");
}, 120_000);
afterAll(async () => {
  maker.clean();
  await platform?.stop();
  await authority?.stop();
});

async function paas(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await platform.cli(args);
  if (exitCode !== 0) throw new Error(`paas ${args.join(" ")}: ${stderr}`);
  return stdout + stderr;
}

/** A page over https, whose certificate must be good for the host; rejects with the TLS error. */
async function secure(host: string, ca = root.certificate) {
  const place = { host: "127.0.0.1", port: httpsPort, servername: host, ca, agent: false };
  const [response] = (await once(request({ ...place, headers: { host } }).end(), "response")) as [
    IncomingMessage,
  ];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

function filesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("a certificate of one's own serves its app over https, and its key lies nowhere in plain text", async () => {
  const leaf = maker.issue("www", { by: middle, hostnames: ["www.shop.test", "*.shop.test"] });
  const [chain, key] = [maker.file(leaf.certificate + middle.certificate), maker.file(leaf.key)];
  const early = await platform.cli(["certs:add", chain, key, "-a", "shop"]);
  expect(early.stderr).toContain("add its domain first, with paas domains:add www.shop.test -a shop");
  await paas("domains:add", "*.shop.test", "-a", "shop");
  const added = await paas("certs:add", chain, key, "-a", "shop");
  expect(added).toContain("It is served for *.shop.test, www.shop.test, until");
  const [, id = ""] = /done, (\w+)/.exec(added) ?? [];
  const domains = JSON.parse(await paas("domains", "--json", "-a", "shop")) as { url: string }[];
  expect(domains.map(({ url }) => url)).toContain(`https://*.shop.test:${httpsPort}`);

  await paas("certs:policy", "--hsts", "1d", "-a", "shop");
  expect(await secure("any.shop.test")).toMatchObject({
    status: 503,
    headers: { "strict-transport-security": "max-age=86400" },
  });
  const redirect = await platform.fetch("www.shop.test", "/x");
  expect(redirect).toMatchObject({
    status: 301,
    headers: { location: `https://www.shop.test:${httpsPort}/x` },
  });
  await expect(secure("shop.localhost")).rejects.toThrow(/handshake failure/);
  expect((await platform.fetch("shop.localhost")).status).toBe(503);

  const secret = leaf.key.split("\n")[1] ?? "";
  const redis = new Redis(redisOptions(readFileSync(dataPaths(platform.dataDir).redisUrl, "utf8").trim()));
  const sealed = await redis.hgetall(keysFor(platform.id).certificates);
  redis.disconnect();
  expect(Object.keys(sealed)).toEqual([id]);
  expect(Buffer.from(sealed[id] ?? "", "base64").includes(secret)).toBe(false);
  const leaks = filesBelow(platform.dataDir).filter((file) => readFileSync(file).includes(secret));
  expect(leaks).toEqual([]);

  await platform.restartRole("router");
  expect((await untilAnswered(() => secure("www.shop.test"))).status).toBe(503);
  await paas("certs:remove", id, "-a", "shop");
  await expect(secure("www.shop.test")).rejects.toThrow(/handshake failure/);
  expect((await platform.fetch("www.shop.test")).status).toBe(503);
}, 60_000);

test("a certificate of the platform's own serves its API, and apps that have none", async () => {
  const alien = maker.issue("www", { by: middle, hostnames: ["www.shop.test"] });
  const refused = await platform.cli(["certs:add", maker.file(alien.certificate + alien.key), "--platform"]);
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("the platform answers at paas.localhost"),
  });
  const leaf = maker.issue("platform", {
    by: middle,
    hostnames: ["paas.localhost", "*.localhost", "shop.localhost"],
  });
  const file = maker.file(leaf.certificate + middle.certificate + leaf.key);
  const added = await paas("certs:add", file, "--platform");
  expect(added).toContain("It is served for *.localhost, paas.localhost, shop.localhost, until");
  const [, id = ""] = /done, (\w+)/.exec(added) ?? [];
  expect((await secure("paas.localhost")).body).toContain("the API is below /v1");
  expect((await secure("shop.localhost")).body).toContain("H14");
  await paas("certs:remove", id, "--platform");
  await expect(secure("paas.localhost")).rejects.toThrow(/handshake failure/);
});

test("an automatic certificate comes by itself, also over the server's death", async () => {
  await paas("create", "blog");
  await paas("certs:auto", "on", "-a", "blog");
  await authority.lead("blog.test");
  expect(await paas("domains:add", "blog.test", "-a", "blog")).toContain("paas certs:auto on -a blog");
  const asked = (path: string) => authority.asked.some((one) => one.startsWith(path));
  while (!asked("/chalZ/")) await new Promise((resolve) => setTimeout(resolve, 20));
  await platform.killRole("server");
  const own = async () => {
    const { stdout, exitCode } = await platform.cli(["certs", "--json", "-a", "blog"]);
    if (exitCode !== 0) return [];
    return (JSON.parse(stdout) as { certificates: { serves: string[] }[] }).certificates;
  };
  while ((await own()).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await own()).toMatchObject([{ serves: ["blog.test"] }]);
  expect(await secure("blog.test", await authority.issuingRoot())).toMatchObject({ status: 503 });
  expect((await platform.fetch("blog.test")).status).toBe(301);
  expect((await platform.cli(["doctor"])).stdout).not.toContain("gets no automatic certificate");
}, 90_000);

test("API and pushes go by https with a certificate of the platform's own, and http is sent there", async () => {
  const leaf = maker.issue("paas", {
    by: root,
    hostnames: ["far", "paas", "shop"].map((name) => `${name}.localhost`),
  });
  const added = await paas("certs:add", maker.file(leaf.certificate), maker.file(leaf.key), "--platform");
  expect(added).toContain("It is served for far.localhost, paas.localhost, shop.localhost, until");
  const [, id = ""] = /done, (\w+)/.exec(added) ?? [];
  const server = `https://paas.localhost:${httpsPort}`;
  const token = readFileSync(dataPaths(platform.dataDir).adminToken, "utf8").trim();
  const rootFile = maker.file(root.certificate);
  Object.assign(platform.env, {
    PAAS_SERVER: server,
    PAAS_TOKEN: token,
    NODE_EXTRA_CA_CERTS: rootFile,
    GIT_SSL_CAINFO: rootFile,
  });
  expect(await paas("whoami")).toContain("admin");
  const plain = { PAAS_SERVER: `http://paas.localhost:${platform.httpPort}` };
  for (const words of [["whoami"], ["run", "-a", "shop", "true"]]) {
    const sent = await platform.cli(words, { env: plain });
    expect(sent.stderr).toContain(`sends its clients to ${server}: run paas login ${server}`);
  }
  expect((await secure("shop.localhost")).status).toBe(503);

  const far = await Project.create(platform, "far");
  expect((await far.git("remote", "get-url", "paas")).stdout).toBe(`${server}/git/far.git\n`);
  await far.commit(await dockerApp("by https"));
  expect((await far.push("main")).stderr).toContain(`https://far.localhost:${httpsPort} deployed as v1`);
  expect((await secure("far.localhost")).body).toBe("by https");
  expect((await far.paas("run", "echo", "ran by https")).stdout).toContain("ran by https");
  for (const name of ["PAAS_SERVER", "PAAS_TOKEN"]) delete platform.env[name];
  await paas("certs:remove", id, "--platform");
}, 180_000);

/** The port may be between two routers for a moment. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
