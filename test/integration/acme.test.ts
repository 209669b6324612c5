import { setTimeout as delay } from "node:timers/promises";
import { renewalTime } from "../../core/renewal";
import { AccountKey } from "../../server/acme/account-key";
import type { AcmeAuthority } from "../support/acme-authority";
import { AcmeRig } from "../support/acme-rig";
import { Rig } from "../support/router-rig/rig";

jest.setTimeout(120_000);
let rig: AcmeRig;
let router: Rig;
let authority: AcmeAuthority;
/** Whether the router is told of new tables. */
let answering = true;
/** What happens until a new table is with every router. */
let whilePublishing = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  router = await new Rig({ platformHost: "paas.lab.test" }).listen();
  rig = await AcmeRig.start(router.port);
  authority = rig.authority;
  rig.publish = async () => {
    await whilePublishing();
    if (answering) router.take(await rig.store.routes.table("localhost"));
  };
}, 180_000);
afterAll(async () => {
  await rig?.close();
  await router?.close();
});
afterEach(() => authority.failBy(null));

test("a certificate comes when the name leads here, is renewed at a third of its life left, and keeps its key to itself", async () => {
  await rig.add("www.shop.test", "*.shop.test");
  await rig.renewals.pass();
  expect(await rig.orderOf("www.shop.test")).toMatchObject({
    failures: 0,
    problem: expect.stringMatching(/^DNS knows no address/),
  });
  expect(authority.asked).toEqual([]);

  await authority.lead("www.shop.test");
  await rig.passAt((await rig.orderOf("www.shop.test")).nextAt);
  expect(rig.logged.filter((line) => line.includes("no certificate"))).toEqual([]);
  const first = await rig.certificateOf("www.shop.test");
  expect(first).toMatchObject({ own: false, hostnames: ["www.shop.test"], keyType: "EC prime256v1" });
  const done = await rig.orderOf("www.shop.test");
  expect(done).toMatchObject({ url: null, failures: 0, problem: null });
  if (!first) throw new Error("none");
  expect(Math.abs(done.nextAt.getTime() - renewalTime(first))).toBeLessThan(1_000);
  const sealed = (await rig.store.certificates.sealed([first.id])).get(first.id);
  expect(sealed?.includes("BEGIN")).toBe(false);

  await rig.renewals.pass();
  expect((await rig.certificateOf("www.shop.test"))?.id).toBe(first.id);
  await authority.reachable(false);
  await rig.passAt(done.nextAt);
  expect(await rig.orderOf("www.shop.test")).toMatchObject({
    failures: 1,
    problem: expect.stringContaining("cannot be reached (ECONNREFUSED)"),
  });
  expect((await rig.certificateOf("www.shop.test"))?.id).toBe(first.id);
  await authority.reachable(true);
  await rig.passAt((await rig.orderOf("www.shop.test")).nextAt);
  const renewed = await rig.store.certificates.list(rig.shop.id);
  expect(renewed).toHaveLength(1);
  expect(renewed[0]?.id).not.toBe(first.id);
  expect(await rig.orderOf("www.shop.test")).toMatchObject({ failures: 0, problem: null });
});

test("an order that a death cut off is taken up again, at each of its steps", async () => {
  await rig.add("cut.shop.test");
  await authority.lead("cut.shop.test");
  // What dies with a server: the connection, at its first, second ... use of the order.
  for (const step of ["/authZ/", "/chalZ/", "/finalize-order/", "/certZ/"]) {
    authority.failBy((path) =>
      path.startsWith(step) ? { status: 500, type: "serverInternal", detail: "dead" } : null,
    );
    await rig.store.acme.want([{ hostname: "cut.shop.test", appId: rig.shop.id }]);
    await rig.store.acme.hurry(rig.shop.id);
    await rig.passAt(new Date(Math.max(rig.now(), (await rig.orderOf("cut.shop.test")).nextAt.getTime())));
    const { url, problem } = await rig.orderOf("cut.shop.test");
    expect(problem).toContain("dead");
    expect(url).not.toBeNull();
  }
  const orders = authority.asked.filter((path) => path.startsWith("/order-plz")).length;
  authority.failBy(null);
  await rig.passAt((await rig.orderOf("cut.shop.test")).nextAt);
  expect(await rig.certificateOf("cut.shop.test")).toBeDefined();
  expect(authority.asked.filter((path) => path.startsWith("/order-plz")).length).toBe(orders);
});

test("a challenge that was answered before a death, and judged before the next answer, counts", async () => {
  await rig.add("judged.shop.test");
  await authority.lead("judged.shop.test");
  authority.loseAnswers((path) => path.startsWith("/chalZ/"));
  await rig.store.acme.want([{ hostname: "judged.shop.test", appId: rig.shop.id }]);
  await rig.store.acme.hurry(rig.shop.id);
  await rig.passAt(new Date(Math.max(rig.now(), (await rig.orderOf("judged.shop.test")).nextAt.getTime())));
  expect((await rig.orderOf("judged.shop.test")).failures).toBe(1);
  authority.loseAnswers(null);
  // The authority judges after we saw it undecided, before we answer again.
  authority.repeatAnswers((path) => path.startsWith("/authZ/"));
  whilePublishing = async () => {
    await delay(3_000);
    authority.repeatAnswers(null);
  };
  await rig.passAt((await rig.orderOf("judged.shop.test")).nextAt);
  whilePublishing = () => Promise.resolve();
  expect(await rig.orderOf("judged.shop.test")).toMatchObject({ failures: 0, problem: null });
});

test("what fails is told with its reason and rests, and delays no other", async () => {
  const hosts = ["servfail.shop.test", "caa.shop.test", "limited.shop.test", "well.shop.test"];
  await rig.add(...hosts);
  for (const host of hosts) await authority.lead(host);
  await authority.servfail("servfail.shop.test");
  await rig.store.acme.want(hosts.map((hostname) => ({ hostname, appId: rig.shop.id })));
  const before = rig.now();
  await rig.renewals.pass();
  expect(await rig.orderOf("servfail.shop.test")).toMatchObject({
    failures: 0,
    problem: expect.stringMatching(/DNS gives no answer .*ESERVFAIL/),
  });
  expect(await rig.certificateOf("well.shop.test")).toBeDefined();

  await rig.add("late.shop.test");
  await authority.lead("late.shop.test");
  authority.failBy((path) =>
    path === "/order-plz"
      ? {
          status: 429,
          type: "rateLimited",
          detail: "too many certificates",
          headers: { "Retry-After": "7200" },
        }
      : null,
  );
  await rig.renewals.pass();
  const limited = await rig.orderOf("late.shop.test");
  expect(limited).toMatchObject({
    failures: 1,
    problem: "The authority refuses: too many certificates (rateLimited)",
  });
  expect(limited.nextAt.getTime() - before).toBeGreaterThanOrEqual(7_200_000);

  authority.failBy((path) =>
    path.startsWith("/finalize-order/") ? { status: 403, type: "caa", detail: "CAA forbids it" } : null,
  );
  await rig.passAt(limited.nextAt);
  const refused = await rig.orderOf("late.shop.test");
  expect(refused).toMatchObject({
    failures: 2,
    url: null,
    problem: "The authority refuses: CAA forbids it (caa)",
  });
  expect(refused.nextAt.getTime() - rig.now()).toBeGreaterThan(9 * 60_000);

  authority.failBy(null);
  await authority.well("servfail.shop.test");
  await rig.passAt(refused.nextAt);
  for (const host of ["late.shop.test", "servfail.shop.test"])
    expect(await rig.certificateOf(host)).toBeDefined();
});

test("a name whose challenge nobody answers is told so", async () => {
  await rig.add("away.test");
  await authority.lead("away.test");
  answering = false;
  await rig.renewals.pass();
  expect((await rig.orderOf("away.test")).problem).toMatch(/^The authority refuses: .*unauthorized/i);
});

test("the platform's own host gets one like an app's", async () => {
  await rig.store.platformTls.change("tester", (policy) => ({ ...policy, auto: true }));
  await rig.authority.lead("paas.lab.test");
  answering = true;
  const renewals = rig.open({ platformDomain: "lab.test" });
  await renewals.want();
  rig.publish = async () => router.take(await rig.store.routes.table("lab.test"));
  await renewals.pass();
  const order = (await rig.store.acme.ordersOf(null))[0];
  expect(order).toMatchObject({ hostname: "paas.lab.test", appId: null, problem: null });
  expect(await rig.store.certificates.list(null)).toMatchObject([
    { own: false, hostnames: ["paas.lab.test"] },
  ]);
  const { certificates } = await rig.store.routes.table("lab.test");
  expect(certificates?.["paas.lab.test"]).toBeDefined();
});

test("the account's key is made once and lies sealed", async () => {
  const pem = await rig.store.acme.key();
  await rig.open().ensureKey();
  expect((await rig.store.acme.key())?.reveal()).toBe(pem?.reveal());
  const [row] = await rig.store.database.query<{ sealed: Buffer; thumbprint: string }>(
    "select sealed, thumbprint from acme_key",
  );
  expect(row?.sealed.includes("PRIVATE KEY")).toBe(false);
  expect(pem && new AccountKey(pem).thumbprint).toBe(row?.thumbprint);
});
