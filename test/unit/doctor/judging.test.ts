import { doctorChecks, judgeDisk } from "../../../core/doctor";
import { defaultLimits } from "../../../core/formation";
import type { EngineInstance } from "../../../core/instance";
import { judgePool } from "../../../server/actions/doctor/address-pool";
import { judgeApps } from "../../../server/actions/doctor/apps";
import { judgeArchives, staleAmong } from "../../../server/actions/doctor/archives";
import { judgeSandbox } from "../../../server/actions/doctor/builds";
import { judgeCertificates } from "../../../server/actions/doctor/certificates";
import { judgeClocks } from "../../../server/actions/doctor/clock";
import { judgeDatabase } from "../../../server/actions/doctor/database";
import { judgeEngine } from "../../../server/actions/doctor/engine";
import { judgeLocks } from "../../../server/actions/doctor/locks";
import { judgeMemory, promisedBytes } from "../../../server/actions/doctor/memory";
import { judgeOrphans, orphansIn, stillThere } from "../../../server/actions/doctor/orphans";
import { judgeRedis } from "../../../server/actions/doctor/redis";
import { judgeRoutes } from "../../../server/actions/doctor/routes";

const gibibyte = 2 ** 30;
const now = Date.UTC(2026, 10, 20);

const instance = (id: string, change: Partial<EngineInstance> = {}): EngineInstance => ({
  id,
  appId: "a1",
  type: "web",
  slot: 1,
  releaseId: "r1",
  version: 1,
  generation: 1,
  specHash: "h",
  address: "10.213.0.2",
  port: 5000,
  state: "running",
  startedAt: new Date(now),
  exitCode: null,
  oom: null,
  finishedAt: null,
  lost: false,
  ...change,
});

test("whatever is not well says what it means and what to do", () => {
  const bad = [
    judgeEngine({ version: "20.10", apiVersion: "1.41", liveRestore: false, dataDir: "/" }),
    judgeDisk("disk", "/", 1, gibibyte),
    judgeMemory(1, gibibyte, 0),
    judgePool("10.0.0.0/8", { total: 4, free: 0, owners: [] }),
    judgeClocks({ wall: 0, steady: 0, database: 0 }),
    ...judgeApps([{ name: "shop", version: 3, imageIsGone: true, crashed: ["web.1"] }]),
    judgeRedis("aof_enabled:0\r\n"),
    ...judgeRoutes({ routes: [], instances: [], routers: [], tableVersion: 1, names: new Map() }),
  ];
  for (const finding of bad) {
    expect(finding.severity).not.toBe("ok");
    expect(finding.meaning).toMatch(/\w/);
    expect(finding.remedy).toMatch(/\w/);
    expect(doctorChecks).toContain(finding.check);
  }
});

test.each([
  [20, 100, "ok"],
  [4, 20, "warning"],
  [9, 100, "warning"],
  [0.5, 2, "error"],
  [1.5, 100, "error"],
] as const)("a disk with %d of %d GiB free: %s", (free, total, severity) => {
  expect(judgeDisk("data directory", "/d", free * gibibyte, total * gibibyte).severity).toBe(severity);
});

test("memory: what apps may take is told before it is taken", () => {
  const app = { id: "a1", name: "shop", generation: 1, createdAt: new Date(now) };
  const formation = { quantities: { web: 3 }, limits: { web: { ...defaultLimits, memoryMb: 1024 } } };
  const promised = promisedBytes([{ ...app, formation } as never]);
  expect(promised).toBe(3 * gibibyte);
  expect(judgeMemory(2 * gibibyte, 4 * gibibyte, promised).severity).toBe("ok");
  expect(judgeMemory(2 * gibibyte, 2 * gibibyte, promised).severity).toBe("warning");
  expect(judgeMemory(0.05 * gibibyte, 4 * gibibyte, promised).severity).toBe("error");
});

test("clocks: set since the start, or off the database's", () => {
  const clocks = { wall: now, steady: now, database: now };
  expect(judgeClocks(clocks).severity).toBe("ok");
  expect(judgeClocks({ ...clocks, steady: now - 3_600_000 }).severity).toBe("warning");
  expect(judgeClocks({ ...clocks, database: now + 60_000 })).toMatchObject({
    severity: "warning",
    what: expect.stringContaining("-60.0 s"),
  });
});

test("the database: read-only is an error, few connections left a warning", () => {
  const facts = { version: "18", readOnly: false, sizeBytes: 1, connections: 10, maxConnections: 100 };
  expect(judgeDatabase(facts).severity).toBe("ok");
  expect(judgeDatabase({ ...facts, connections: 90 }).severity).toBe("warning");
  expect(judgeDatabase({ ...facts, readOnly: true }).severity).toBe("error");
});

test("Redis by its own words", () => {
  const info = (aof: string, write: string, policy: string) =>
    `redis_version:7.0.15\r\naof_enabled:${aof}\r\naof_last_write_status:${write}\r\nmaxmemory_policy:${policy}\r\n`;
  expect(judgeRedis(info("1", "ok", "noeviction"))).toMatchObject({
    severity: "ok",
    what: "Redis 7.0.15 answers, append-only file on, maxmemory-policy noeviction",
  });
  expect(judgeRedis(info("0", "ok", "noeviction")).severity).toBe("warning");
  expect(judgeRedis(info("1", "ok", "allkeys-lru")).severity).toBe("warning");
  expect(judgeRedis(info("1", "err", "noeviction")).severity).toBe("error");
});

describe("routes", () => {
  const target = { instanceId: "i1", name: "web.1", node: "local", address: "10.213.0.2", port: 5000 };
  const facts = {
    routes: [{ appId: "a1", mode: "serve" as const, targets: [target], version: 3 }],
    instances: [instance("i1")],
    routers: [{ routerId: "r", version: 3 }],
    tableVersion: 3,
    names: new Map([["a1", "shop"]]),
  };
  const severities = (change: Partial<typeof facts>) =>
    judgeRoutes({ ...facts, ...change }).map(({ severity, fixable }) => `${severity}${fixable ? "!" : ""}`);

  test("agree with what runs", () => expect(severities({})).toEqual(["ok"]));
  test("name an instance that is gone, ended, of another app or at another address", () => {
    const elsewhere = [
      [],
      [instance("i1", { state: "exited" })],
      [instance("i1", { appId: "a2" })],
      [instance("i1", { address: "10.213.0.3" })],
      [instance("i2")],
    ];
    for (const instances of elsewhere) expect(severities({ instances })).toEqual(["error!"]);
  });
  test("are not with a router that is behind, or with none", () => {
    expect(severities({ tableVersion: 4 })).toEqual(["warning!"]);
    expect(severities({ routers: [] })).toEqual(["error"]);
  });
  test("of an app that is being destroyed are nobody's business", () =>
    expect(severities({ names: new Map(), instances: [] })).toEqual(["ok"]));
});

test("orphans are what no app or no row of the ledger knows", () => {
  const around = {
    instances: [instance("i1"), instance("i2"), instance("i3", { appId: "gone" })],
    networks: ["a1", "gone"],
    images: ["a1", "gone", "gone"],
    apps: ["a1"],
    rows: ["i1", "i3"],
  };
  const orphans = orphansIn(around);
  expect(orphans.containers.map(({ id }) => id)).toEqual(["i2", "i3"]);
  expect([orphans.networks, orphans.images]).toEqual([["gone"], ["gone"]]);
  expect(judgeOrphans(orphans).every(({ fixable }) => fixable)).toBe(true);
  expect(judgeOrphans({ containers: [], networks: [], images: [] })[0]?.severity).toBe("ok");
});

test("what went while the ledger was asked is no orphan", () => {
  const found = { containers: [instance("i2"), instance("i3")], networks: ["gone"], images: ["gone"] };
  const now = { instances: [instance("i1"), instance("i3")], networks: ["a1"], images: ["a1", "gone"] };
  expect(stillThere(found, now)).toEqual({
    containers: [instance("i3")],
    networks: [],
    images: ["gone"],
  });
});

test("an archive is stale when its build is over and it is no push under way", () => {
  const archive = (file: string, ageMs: number) => ({ file, bytes: 1, changedAt: now - ageMs });
  const archives = [
    archive("open.tar", 9_000_000),
    archive("young.tar", 60_000),
    archive("old.tar", 9_000_000),
  ];
  const stale = staleAmong(archives, ["open"], now);
  expect(stale.map(({ file }) => file)).toEqual(["old.tar"]);
  expect(judgeArchives(stale)).toMatchObject({ severity: "warning", fixable: true });
  expect(judgeArchives([]).severity).toBe("ok");
});

test("locks are told with their branch and age", () => {
  const lock = { repository: "/r", file: "refs/heads/main.lock", ageMs: 3 * 3_600_000 };
  expect(judgeLocks([{ app: "shop", lock }])[0]?.what).toBe(
    "refs/heads/main.lock in the repository of shop, 3 h old",
  );
  expect(judgeLocks([])[0]?.severity).toBe("ok");
});

test("builds without limits are warned of, with the reason", () => {
  expect(judgeSandbox(null).severity).toBe("ok");
  expect(judgeSandbox({ unlimited: null }).severity).toBe("ok");
  expect(judgeSandbox({ unlimited: "no root" })).toMatchObject({
    severity: "warning",
    what: "builds are not limited: no root",
  });
});

test("certificates: those that end, and names that get none", () => {
  const nowMs = Date.UTC(2026, 10, 20);
  const day = 86_400_000;
  const names = new Map([["a1", "shop"]]);
  const own = { id: "c1", appId: "a1", own: true, hostnames: ["www.shop.test"] };
  const ends = (days: number, parts = {}) => ({ ...own, notAfter: new Date(nowMs + days * day), ...parts });
  const order = {
    hostname: "new.shop.test",
    appId: "a1",
    failures: 0,
    problem: null,
    nextAt: new Date(nowMs),
  };
  const judge = (
    certificates: ReturnType<typeof ends>[],
    orders: (Omit<typeof order, "problem"> & { problem: string | null })[] = [],
    records: { name: string; value: string; problem: string }[] = [],
  ) =>
    judgeCertificates({ certificates, orders, records, names, nowMs }).map(
      ({ severity, what }) => `${severity}: ${what}`,
    );
  expect(judge([])).toEqual(["ok: there are none, so https is not served"]);
  expect(judge([ends(90), ends(30)], [order])).toEqual(["ok: 2 served; the first ends on 2026-12-20"]);
  expect(judge([ends(10)])).toEqual(["warning: c1 of shop (www.shop.test) ends on 2026-11-30"]);
  expect(judge([ends(-1)])).toEqual(["error: c1 of shop (www.shop.test) ended on 2026-11-19"]);
  expect(judge([ends(10, { own: false })])).toEqual(["ok: 1 served; the first ends on 2026-11-30"]);
  const problem = "DNS knows no address";
  const text = "new.shop.test of shop gets no automatic certificate: DNS knows no address";
  expect(judge([], [{ ...order, problem }])).toEqual([`warning: ${text}`]);
  expect(judge([], [{ ...order, problem, failures: 1 }])).toEqual([`error: ${text}`]);
  expect(judge([], [], [{ name: "_acme-challenge.a.test", value: "v", problem: "It failed." }])).toEqual([
    "warning: the TXT record _acme-challenge.a.test (v) was not removed: It failed.",
  ]);
  const present = ends(20, { own: false, hostnames: ["new.shop.test"] });
  expect(judge([present], [{ ...order, problem, failures: 1 }])).toEqual([`warning: ${text}`]);
});
