import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Certificates } from "../../router/tls/certificates";
import { SecureDoor } from "../../router/tls/secure-door";
import { AcmeRig } from "../support/acme-rig";
import { TestDnsHook } from "../support/dns-hook";
import { freePorts } from "../support/free-port";

jest.setTimeout(120_000);
let rig: AcmeRig;
let hook: TestDnsHook;
/** Where the authority asks; nobody is there but in the test of TLS-ALPN-01. */
let challengePort: number;
const waitMs = 3_000;

beforeAll(async () => {
  [challengePort = 0] = await freePorts(1);
  rig = await AcmeRig.start(challengePort);
  hook = new TestDnsHook(rig.authority.dnsManagementUrl);
  rig.renewals = rig.open({ dns: dns() });
}, 180_000);
afterAll(async () => {
  await rig?.close();
  hook?.clean();
});
beforeEach(() => {
  hook.behave("well");
  rig.logged.length = 0;
});

const dns = () => ({
  hook: hook.program,
  hookEnvironmentFile: hook.environmentFile,
  waitMs,
  authorityPort: 53,
});

/** The TXT values that DNS has for the challenge of a name. */
async function recordsOf(name: string): Promise<string[]> {
  const resolver = new Resolver();
  resolver.setServers([rig.authority.dnsServer]);
  const records = await resolver.resolveTxt(`_acme-challenge.${name}`).catch(() => []);
  return records.map((parts) => parts.join(""));
}

/** Nobody may have asked for a dead one's exit code yet. */
const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

/** A look at what is new and what failed. */
async function look(): Promise<void> {
  await rig.store.acme.hurry(rig.shop.id);
  await rig.passAt(new Date(rig.now()));
}

test("a wildcard gets its certificate by the hook, is renewed, and leaves no record", async () => {
  await rig.add("*.shop.test");
  await rig.renewals.pass();
  const first = await rig.certificateOf("*.shop.test");
  expect(first).toMatchObject({ own: false, hostnames: ["*.shop.test"] });
  expect(await rig.orderOf("*.shop.test")).toMatchObject({ url: null, failures: 0, problem: null });
  expect(hook.calls).toEqual(["present _acme-challenge.shop.test.", "cleanup _acme-challenge.shop.test."]);
  expect(await recordsOf("shop.test")).toEqual([]);
  expect(rig.logged.join("\n")).toContain("calling with token [masked]");
  expect(rig.logged.join("\n")).not.toContain("s3cret");

  await rig.passAt((await rig.orderOf("*.shop.test")).nextAt);
  expect((await rig.certificateOf("*.shop.test"))?.id).not.toBe(first?.id);
  expect(await rig.store.acmeRecords.due(rig.now())).toEqual([]);
  // Our clock is ahead of the authority's from here on: what it issues would be due again at once.
  await rig.drop("*.shop.test");
});

test("the platform gets one for all of its domain, which serves apps at their own hostnames", async () => {
  await rig.store.platformTls.change("tester", (policy) => ({ ...policy, auto: true }));
  const renewals = rig.open({ dns: dns(), platformDomain: "lab.test" });
  await renewals.want();
  expect(await rig.store.acme.ordersOf(null)).toMatchObject([{ hostname: "*.lab.test" }]);
  await renewals.pass();
  expect(await rig.store.certificates.list(null)).toMatchObject([{ hostnames: ["*.lab.test"] }]);
  const { certificates } = await rig.store.routes.table("lab.test");
  expect(certificates?.["*.lab.test"]).toBeDefined();
  await rig.store.platformTls.change("tester", (policy) => ({ ...policy, auto: false }));
});

test("a hook that fails, hangs or adds another record is told, and costs no failure at the authority", async () => {
  await rig.add("*.bad.test");
  const challenged = () => rig.authority.asked.filter((path) => path.startsWith("/chalZ/")).length;
  const before = challenged();

  hook.behave("fails");
  await look();
  const failed = await rig.orderOf("*.bad.test");
  expect(failed).toMatchObject({
    failures: 1,
    problem: "The DNS hook (present) ended with exit code 3: what it said is in the server's log.",
  });
  expect(rig.logged.join("\n")).toContain("no such zone");
  expect(failed.nextAt.getTime()).toBeGreaterThan(rig.now());

  hook.behave("hangs");
  await look();
  expect((await rig.orderOf("*.bad.test")).problem).toMatch(
    /^The DNS hook \(present\) did not end within 3 s and was killed/,
  );
  const [child = 0] = hook.left;
  expect(child).toBeGreaterThan(0);
  while (isRunning(child)) await delay(20);

  hook.behave("wrong");
  await look();
  expect((await rig.orderOf("*.bad.test")).problem).toMatch(
    /^The DNS hook ran, but its TXT record _acme-challenge.bad.test has other values \(1\)/,
  );

  hook.behave("well");
  await rig.authority.servfail("_acme-challenge.bad.test");
  await look();
  expect((await rig.orderOf("*.bad.test")).problem).toMatch(
    /^The DNS hook ran, but DNS gives no answer for _acme-challenge.bad.test \(ESERVFAIL\)/,
  );
  expect(challenged()).toBe(before);
  expect(await rig.store.acmeRecords.due(rig.now())).toEqual([]);

  await rig.authority.well("_acme-challenge.bad.test");
  await look();
  expect(await rig.certificateOf("*.bad.test")).toBeDefined();
  expect(await recordsOf("bad.test")).toEqual([]);
  await rig.drop("*.bad.test");
});

test("a record that a death or a fault left behind is removed later", async () => {
  await rig.add("*.late.test");
  hook.behave("stays");
  await look();
  expect(await rig.certificateOf("*.late.test")).toBeDefined();
  expect(await recordsOf("late.test")).toHaveLength(1);
  expect(await rig.store.acmeRecords.stuck()).toContainEqual(
    expect.objectContaining({
      name: "_acme-challenge.late.test",
      failures: 1,
      problem: expect.stringContaining("exit code 4"),
    }),
  );

  hook.behave("hangs");
  await rig.add("*.cut.test");
  const dying = rig.open({ dns: { ...dns(), waitMs: 60_000 } });
  const calls = hook.calls.length;
  dying.start();
  while (!hook.calls.slice(calls).includes("present _acme-challenge.cut.test.")) await delay(20);
  await dying.close();
  expect(await rig.orderOf("*.cut.test")).toMatchObject({ failures: 0, problem: null });

  hook.behave("well");
  await rig.passAt(new Date(rig.now() + 10 * 60_000));
  expect(hook.calls.slice(calls)).toContain("cleanup _acme-challenge.late.test.");
  expect(await rig.certificateOf("*.cut.test")).toBeDefined();
  for (const name of ["late.test", "cut.test"]) expect(await recordsOf(name)).toEqual([]);
  expect(await rig.store.acmeRecords.stuck()).toEqual([]);
});

test("a hook that cannot be run is told before the authority is asked", async () => {
  await rig.add("*.none.test");
  const orders = () => rig.authority.asked.filter((path) => path.startsWith("/order-plz")).length;
  const before = orders();
  chmodSync(hook.environmentFile, 0o644);
  await look();
  chmodSync(hook.environmentFile, 0o600);
  expect(await rig.orderOf("*.none.test")).toMatchObject({
    failures: 0,
    problem: expect.stringMatching(
      /PAAS_ACME_DNS_HOOK_ENV cannot be used: it is open to other users: chmod 600/,
    ),
  });
  chmodSync(hook.program, 0o644);
  await look();
  chmodSync(hook.program, 0o755);
  expect((await rig.orderOf("*.none.test")).problem).toMatch(/^The DNS hook .* cannot be run \(EACCES\)/);
  expect(orders()).toBe(before);
});

test("a name is proven on port 443 alone, by TLS-ALPN-01", async () => {
  const directory = mkdtempSync(join(tmpdir(), "paas-alpn-"));
  const tell = () => undefined;
  const log = { debug: tell, info: tell, warn: tell, error: tell };
  const certificates = new Certificates({ directory: null, key: randomBytes(32), log });
  const door = new SecureDoor({
    host: "127.0.0.1",
    port: challengePort,
    certificates,
    patienceMs: 0,
    ticketDirectory: directory,
    handshakeMs: 5_000,
    onConnection: (socket) => socket.destroy(),
    log,
  });
  const renewals = rig.open({
    challenge: "tls-alpn-01",
    publish: async () => {
      const tlsChallenges = Object.fromEntries(rig.tlsChallenges);
      certificates.take({
        from: 0,
        ...(await rig.store.routes.table("localhost")),
        apps: {},
        certificates: {},
        tlsChallenges,
      });
      await door.openIfNeeded();
    },
  });
  await rig.add("tls.test");
  await renewals.pass();
  expect((await rig.orderOf("tls.test")).problem).toMatch(/^DNS knows no address/);
  await rig.authority.lead("tls.test");
  await rig.store.acme.hurry(rig.shop.id);
  await renewals.pass();
  expect(await rig.orderOf("tls.test")).toMatchObject({ failures: 0, problem: null });
  expect(await rig.certificateOf("tls.test")).toMatchObject({ own: false });
  expect(rig.tlsChallenges.size).toBe(0);
  expect(certificates.any).toBe(false);
  door.stop();
  door.server.close();
  rmSync(directory, { recursive: true });
});
