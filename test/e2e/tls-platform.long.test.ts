import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { AcmeAuthority } from "../support/acme-authority";
import { TestDnsHook } from "../support/dns-hook";
import { freePorts } from "../support/free-port";
import { newPlatform, type TestPlatform } from "../support/platform";

jest.setTimeout(120_000);
let platform: TestPlatform;
let authority: AcmeAuthority;
let hook: TestDnsHook;
let httpsPort: number;

/** A platform of a domain, whose machine is reached on port 443 alone. */
beforeAll(async () => {
  const [nobody = 0, port = 0] = await freePorts(2);
  httpsPort = port;
  authority = await AcmeAuthority.start(nobody, httpsPort);
  hook = new TestDnsHook(authority.dnsManagementUrl);
  platform = await newPlatform({
    env: {
      PAAS_DOMAIN: "lab.test",
      PAAS_HTTPS_PORT: `${httpsPort}`,
      PAAS_ACME_DIRECTORY: authority.directoryUrl,
      PAAS_ACME_CA_FILE: authority.rootFile,
      PAAS_ACME_DNS: authority.dnsServer,
      PAAS_ACME_CHALLENGE: "tls-alpn-01",
      PAAS_ACME_DNS_HOOK: hook.program,
      PAAS_ACME_DNS_HOOK_ENV: hook.environmentFile,
    },
  });
  await platform.up();
  await paas("create", "shop");
}, 180_000);
afterAll(async () => {
  await platform?.stop();
  await authority?.stop();
  hook?.clean();
});

async function paas(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await platform.cli(args);
  if (exitCode !== 0) throw new Error(`paas ${args.join(" ")}: ${stderr}`);
  return stdout + stderr;
}

/** Waits until the holder has a certificate; resolves with the names that it serves. */
async function served(...holder: string[]): Promise<string[]> {
  for (;;) {
    const { certificates } = JSON.parse(await paas("certs", "--json", ...holder)) as {
      certificates: { serves: string[] }[];
    };
    const [first] = certificates;
    if (first) return first.serves;
    await delay(100);
  }
}

/** A page over https, whose certificate must be good for the host. */
async function secure(host: string, path = "/") {
  const ca = await authority.issuingRoot();
  const place = { host: "127.0.0.1", port: httpsPort, servername: host, ca, path, agent: false };
  const [response] = (await once(request({ ...place, headers: { host } }).end(), "response")) as [
    IncomingMessage,
  ];
  return { status: response.statusCode, body: await text(response) };
}

test("the whole domain gets one certificate by the DNS hook: API, git and apps at their own hostnames", async () => {
  expect(await paas("certs:auto", "on", "--platform")).toContain("*.lab.test  dns-01");
  expect(await served("--platform")).toEqual(["*.lab.test"]);
  expect(await secure("paas.lab.test", "/health")).toMatchObject({ status: 200 });
  expect((await secure("shop.lab.test")).body).toContain("H14");
  const sent = await platform.fetch("paas.lab.test", "/v1/whoami");
  expect(sent.headers.location).toBe(`https://paas.lab.test:${httpsPort}/v1/whoami`);
  expect(hook.calls).toEqual(["present _acme-challenge.lab.test.", "cleanup _acme-challenge.lab.test."]);
});

test("a domain of an app gets one by TLS-ALPN-01, through the router's workers", async () => {
  await authority.lead("www.other.test");
  await paas("domains:add", "www.other.test", "-a", "shop");
  const on = await paas("certs:auto", "on", "-a", "shop");
  expect(on).toContain("www.other.test  tls-alpn-01");
  expect(on).not.toContain("shop.lab.test");
  expect(await served("-a", "shop")).toEqual(["www.other.test"]);
  expect((await secure("www.other.test")).body).toContain("H14");
  expect(await paas("certs", "-a", "shop")).toMatch(/www\.other\.test {2}tls-alpn-01 {2}well {2}next try/);
  expect((await platform.cli(["doctor"])).stdout).toMatch(/certificates +.*2 served/);
});
