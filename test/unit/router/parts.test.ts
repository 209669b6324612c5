import { type AccessLine, AccessLog, formatAccess } from "../../../router/access-log";
import { plainBalance } from "../../../router/balance";
import { Clock } from "../../../router/clock";
import { hostnameOf } from "../../../router/host-header";
import { Pool } from "../../../router/pool";
import { ReadBuffer } from "../../../router/read-buffer";
import { Turn } from "../../../router/turn";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

test.each([
  ["Shop.Example", "shop.example"],
  ["shop.example:8080", "shop.example"],
  ["shop.example.:80", "shop.example"],
  ["[::1]:80", "[::1]"],
  ["", ""],
])("the host %j is looked up as %j", (header, host) => expect(hostnameOf(header)).toBe(host));

test("a host is looked up by its name, then by the wildcard that stands for it", () => {
  const rig = new Rig();
  const { table } = rig;
  const app = { mode: "none", targets: [] } as const;
  rig.hosts({
    version: 0,
    hosts: { "*.example.com": "a1", "api.example.com": "a2" },
    apps: { a1: { name: "one", ...app, targets: [] }, a2: { name: "two", ...app, targets: [] } },
  });
  const appAt = (host: string) => {
    const destination = table.resolve(host);
    return destination.kind === "nowhere" ? destination.appId : undefined;
  };
  expect(appAt("www.Example.com:80")).toBe("a1");
  expect(appAt("api.example.com")).toBe("a2");
  expect(appAt("example.com")).toBeNull();
  expect(appAt("a.b.example.com")).toBeNull();
});

describe("the pool", () => {
  const make = (draws: number[]) => {
    const clock = { nowMs: 0 };
    const pool = new Pool({
      nowMs: () => clock.nowMs,
      random: () => draws.shift() ?? 0,
      dialling: {
        clock: new Clock({ nowMs: () => clock.nowMs, everyMs: 1_000_000 }),
        turn: new Turn(),
        reading: new ReadBuffer(),
      },
      onIdle: () => undefined,
    });
    const states = [
      ...pool.take({ a1: { targets: [target("a", 1), target("b", 2), target("c", 3)] } }).values(),
    ];
    return { pool, states, clock };
  };

  test("takes the less busy of two drawn at random", () => {
    const { pool, states } = make([0, 0, 0.9, 0]);
    const [a, b, c] = states;
    a?.begin();
    c?.begin();
    expect(pool.choose(states, new Set())).toBe(b);
    // Drawn: c, then a of the others; the first stands when they are equal.
    expect(pool.choose(states, new Set())).toBe(c);
  });

  test("has a new target in the draw the more often the older it is, and in any case when all are new", () => {
    const { pool, states, clock } = make([0.6, 0.4, 0.6, 0, 0, 0.6, 0.6, 0.6, 0.9, 0]);
    const [, b, c] = states;
    const slowly = { ...plainBalance, slowStartMs: 10_000 };
    // Half as old as it has to be: in with 0.4, out with 0.6.
    clock.nowMs = 5_000;
    expect(pool.choose(states, new Set(), slowly)).toBe(b);
    expect(pool.choose(states, new Set(), slowly)).toBe(c);
  });

  test("offers for a seat what is not passed over, first what is wanted, or old enough", () => {
    const { pool, states, clock } = make([0.6, 0.4, 0.6]);
    const [a, b, c] = states;
    if (!a || !b || !c) throw new Error("three targets were taken");
    const offered = (slowStartMs: number, wanted?: string) =>
      pool.candidates(states, new Set(), { slowStartMs }, wanted);
    expect(offered(0)).toEqual({ first: [a, b, c], others: [] });
    expect(offered(0, b.token)).toEqual({ first: [b], others: [a, c] });
    clock.nowMs = 5_000;
    expect(offered(10_000)).toEqual({ first: [b], others: [a, c] });
    pool.leaveOut(c);
    expect(offered(0, c.token)).toEqual({ first: [a, b], others: [] });
  });

  test("passes over what did not take a connection, for five seconds, and only while another is there", () => {
    const { pool, states, clock } = make([]);
    const [a, b, c] = states;
    if (!a || !b || !c) throw new Error("three targets were taken");
    pool.leaveOut(a);
    pool.leaveOut(b);
    expect(pool.choose(states, new Set())).toBe(c);
    expect(pool.choose(states, new Set([c]))).toBe(a);
    expect(pool.choose(states, new Set([a, b, c]))).toBeUndefined();
    pool.leaveOut(c);
    expect(pool.choose(states, new Set())).toBe(a);
    clock.nowMs = 5_000;
    expect(pool.choose(states, new Set())).toBe(a);
    expect(a.isLeftOut(clock.nowMs)).toBe(false);
  });

  test("knows an instance that comes back at another address as another target, and counts both", () => {
    const { pool, states } = make([]);
    states[0]?.begin();
    const [again] = pool.take({ a1: { targets: [target("a", 9)] } }).values();
    again?.begin();
    expect(pool.inFlight()).toEqual({ a: 2 });
  });
});

describe("the access line", () => {
  const access = {
    method: "GET",
    path: "/",
    host: "shop.example",
    requestId: "id",
    fwd: "1.2.3.4",
    instance: "web.1",
    connectMs: 1.2,
    serviceMs: 8,
    status: 200,
    bytes: 12,
    fault: null,
  };

  test("is Heroku's", () => {
    expect(formatAccess(access)).toBe(
      'at=info method=GET path="/" host=shop.example request_id=id fwd="1.2.3.4" instance=web.1 connect=1ms service=8ms status=200 bytes=12',
    );
    expect(formatAccess({ ...access, fault: "timeout", status: 503, connectMs: null, instance: null })).toBe(
      'at=error code=H12 desc="Request timeout" method=GET path="/" host=shop.example request_id=id fwd="1.2.3.4" instance= connect= service=8ms status=503 bytes=12',
    );
  });

  test("cannot be forged by what a client sends", () => {
    const line = formatAccess({ ...access, path: '/" status=500\n\x1b[31m', host: "a b=c" });
    expect(line).toContain('path="/%22%20status=500%0A%1B[31m" host=a%20b=c ');
  });
});

describe("the access log", () => {
  const lines = (count: number): AccessLine[] =>
    Array.from({ length: count }, (_, index) => ({ appId: "a", line: String(index) }));

  test("keeps what nobody takes, in order and bounded, and sends it later", async () => {
    const taken: AccessLine[] = [];
    let there = false;
    const log = new AccessLog(async (batch) => {
      if (there) taken.push(...batch);
      return there;
    });
    for (const line of lines(30_000)) log.add(line);
    await log.flush();
    there = true;
    await log.flush();
    expect(taken.length).toBeLessThanOrEqual(11_000);
    expect(taken.length).toBeGreaterThanOrEqual(10_000);
    expect(taken.at(-1)?.line).toBe("29999");
    expect(taken.map(({ line }) => Number(line))).toEqual(
      taken.map((_, index) => 30_000 - taken.length + index),
    );
  });
});
