import { setTimeout as delay } from "node:timers/promises";
import type { App } from "../../core/app";
import { Sensitive } from "../../core/env";
import { renewalTime } from "../../core/renewal";
import { AccountKey } from "../../server/acme/account-key";
import { AcmeHttp } from "../../server/acme/acme-http";
import { Renewals } from "../../server/acme/renewals";
import { Cipher } from "../../server/store/cipher";
import { migrate } from "../../server/store/migrate";
import { openStore, type Store } from "../../server/store/store";
import { AcmeAuthority } from "../support/acme-authority";
import { TestDatabase } from "../support/database";
import { Rig } from "../unit/router/rig";

jest.setTimeout(120_000);
const logged: string[] = [];
const say = (particulars: object, message: string) =>
  void logged.push(`${message} ${JSON.stringify(particulars)}`);
const log = { debug: say, info: say, warn: say, error: say };
let server: TestDatabase;
let store: Store;
let router: Rig;
let authority: AcmeAuthority;
let renewals: Renewals;
let shop: App;
let aheadMs = 0;
/** Whether the router is told of new tables. */
let answering = true;
/** What happens until a new table is with every router. */
let whilePublishing = (): Promise<void> => Promise.resolve();
const now = () => Date.now() + aheadMs;

beforeAll(async () => {
  server = await TestDatabase.start();
  const database = server.open();
  await migrate(database);
  store = openStore(database, new Cipher(new Sensitive("ab".repeat(32))));
  router = await new Rig().listen();
  authority = await AcmeAuthority.start(router.port);
  renewals = open();
  await renewals.ensureKey();
  const app = await store.apps.create("shop", "tester");
  const { tls } = await store.apps.changeTls(app.id, "tester", (policy) => ({ ...policy, auto: true }));
  shop = { ...app, tls };
}, 180_000);
afterAll(async () => {
  await renewals?.close();
  await authority?.stop();
  await router?.close();
  await server?.close();
});
afterEach(() => authority.failBy(null));

const open = () =>
  new Renewals({
    store,
    http: new AcmeHttp(authority.root.certificate, "test"),
    directoryUrl: authority.directoryUrl,
    email: "ops@shop.test",
    dnsServer: authority.dnsServer,
    platformDomain: "localhost",
    publish: async () => {
      await whilePublishing();
      if (answering) router.hosts(await store.routes.table("localhost"));
    },
    log,
    now,
  });

const add = async (...hostnames: string[]) => {
  for (const hostname of hostnames) await store.domains.add(shop.id, hostname, "tester", () => undefined);
};
const orderOf = async (hostname: string) => {
  const order = (await store.acme.orders(shop.id)).find((one) => one.hostname === hostname);
  if (!order) throw new Error(`no order for ${hostname}`);
  return order;
};
const certificateOf = async (hostname: string) =>
  (await store.certificates.list(shop.id)).find(({ hostnames }) => hostnames.includes(hostname));
/** A look at a later time, at which everything may be due. */
const passAt = async (at: Date) => {
  aheadMs = Math.max(aheadMs, at.getTime() - Date.now() + 1_000);
  await renewals.pass();
};

test("a certificate comes when the name leads here, is renewed at a third of its life left, and keeps its key to itself", async () => {
  await add("www.shop.test", "*.shop.test");
  await renewals.pass();
  expect(await orderOf("www.shop.test")).toMatchObject({
    failures: 0,
    problem: expect.stringMatching(/^DNS knows no address/),
  });
  expect(authority.asked).toEqual([]);

  await authority.lead("www.shop.test");
  await passAt((await orderOf("www.shop.test")).nextAt);
  expect(logged.filter((line) => line.includes("no certificate"))).toEqual([]);
  const first = await certificateOf("www.shop.test");
  expect(first).toMatchObject({ own: false, hostnames: ["www.shop.test"], keyType: "EC prime256v1" });
  const done = await orderOf("www.shop.test");
  expect(done).toMatchObject({ url: null, failures: 0, problem: null });
  if (!first) throw new Error("none");
  expect(Math.abs(done.nextAt.getTime() - renewalTime(first))).toBeLessThan(1_000);
  const sealed = (await store.certificates.sealed([first.id])).get(first.id);
  expect(sealed?.includes("BEGIN")).toBe(false);

  await renewals.pass();
  expect((await certificateOf("www.shop.test"))?.id).toBe(first.id);
  await authority.reachable(false);
  await passAt(done.nextAt);
  expect(await orderOf("www.shop.test")).toMatchObject({
    failures: 1,
    problem: expect.stringContaining("cannot be reached (ECONNREFUSED)"),
  });
  expect((await certificateOf("www.shop.test"))?.id).toBe(first.id);
  await authority.reachable(true);
  await passAt((await orderOf("www.shop.test")).nextAt);
  const renewed = await store.certificates.list(shop.id);
  expect(renewed).toHaveLength(1);
  expect(renewed[0]?.id).not.toBe(first.id);
  expect(await orderOf("www.shop.test")).toMatchObject({ failures: 0, problem: null });
});

test("an order that a death cut off is taken up again, at each of its steps", async () => {
  await add("cut.shop.test");
  await authority.lead("cut.shop.test");
  // What dies with a server: the connection, at its first, second ... use of the order.
  for (const step of ["/authZ/", "/chalZ/", "/finalize-order/", "/certZ/"]) {
    authority.failBy((path) =>
      path.startsWith(step) ? { status: 500, type: "serverInternal", detail: "dead" } : null,
    );
    await store.acme.want([{ hostname: "cut.shop.test", appId: shop.id }]);
    await store.acme.hurry(shop.id);
    await passAt(new Date(Math.max(now(), (await orderOf("cut.shop.test")).nextAt.getTime())));
    const { url, problem } = await orderOf("cut.shop.test");
    expect(problem).toContain("dead");
    expect(url).not.toBeNull();
  }
  const orders = authority.asked.filter((path) => path.startsWith("/order-plz")).length;
  authority.failBy(null);
  await passAt((await orderOf("cut.shop.test")).nextAt);
  expect(await certificateOf("cut.shop.test")).toBeDefined();
  expect(authority.asked.filter((path) => path.startsWith("/order-plz")).length).toBe(orders);
});

test("a challenge that was answered before a death, and judged before the next answer, counts", async () => {
  await add("judged.shop.test");
  await authority.lead("judged.shop.test");
  authority.loseAnswers((path) => path.startsWith("/chalZ/"));
  await store.acme.want([{ hostname: "judged.shop.test", appId: shop.id }]);
  await store.acme.hurry(shop.id);
  await passAt(new Date(Math.max(now(), (await orderOf("judged.shop.test")).nextAt.getTime())));
  expect((await orderOf("judged.shop.test")).failures).toBe(1);
  authority.loseAnswers(null);
  // The authority judges after we saw it undecided, before we answer again.
  authority.repeatAnswers((path) => path.startsWith("/authZ/"));
  whilePublishing = async () => {
    await delay(3_000);
    authority.repeatAnswers(null);
  };
  await passAt((await orderOf("judged.shop.test")).nextAt);
  whilePublishing = () => Promise.resolve();
  expect(await orderOf("judged.shop.test")).toMatchObject({ failures: 0, problem: null });
});

test("what fails is told with its reason and rests, and delays no other", async () => {
  const hosts = ["servfail.shop.test", "caa.shop.test", "limited.shop.test", "well.shop.test"];
  await add(...hosts);
  for (const host of hosts) await authority.lead(host);
  await authority.servfail("servfail.shop.test");
  await store.acme.want(hosts.map((hostname) => ({ hostname, appId: shop.id })));
  const before = now();
  await renewals.pass();
  expect(await orderOf("servfail.shop.test")).toMatchObject({
    failures: 0,
    problem: expect.stringMatching(/DNS gives no answer .*ESERVFAIL/),
  });
  expect(await certificateOf("well.shop.test")).toBeDefined();

  await add("late.shop.test");
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
  await renewals.pass();
  const limited = await orderOf("late.shop.test");
  expect(limited).toMatchObject({
    failures: 1,
    problem: "The authority refuses: too many certificates (rateLimited)",
  });
  expect(limited.nextAt.getTime() - before).toBeGreaterThanOrEqual(7_200_000);

  authority.failBy((path) =>
    path.startsWith("/finalize-order/") ? { status: 403, type: "caa", detail: "CAA forbids it" } : null,
  );
  await passAt(limited.nextAt);
  const refused = await orderOf("late.shop.test");
  expect(refused).toMatchObject({
    failures: 2,
    url: null,
    problem: "The authority refuses: CAA forbids it (caa)",
  });
  expect(refused.nextAt.getTime() - now()).toBeGreaterThan(9 * 60_000);

  authority.failBy(null);
  await authority.well("servfail.shop.test");
  await passAt(refused.nextAt);
  for (const host of ["late.shop.test", "servfail.shop.test"])
    expect(await certificateOf(host)).toBeDefined();
});

test("a name whose challenge nobody answers is told so", async () => {
  await add("away.test");
  await authority.lead("away.test");
  answering = false;
  await renewals.pass();
  expect((await orderOf("away.test")).problem).toMatch(/^The authority refuses: .*unauthorized/i);
});

test("the account's key is made once and lies sealed", async () => {
  const pem = await store.acme.key();
  await open().ensureKey();
  expect((await store.acme.key())?.reveal()).toBe(pem?.reveal());
  const [row] = await store.database.query<{ sealed: Buffer; thumbprint: string }>(
    "select sealed, thumbprint from acme_key",
  );
  expect(row?.sealed.includes("PRIVATE KEY")).toBe(false);
  expect(pem && new AccountKey(pem).thumbprint).toBe(row?.thumbprint);
});
