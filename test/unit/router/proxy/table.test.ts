import { deferred } from "../../../support/deferred";
import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";

const rig = useRigs();

describe("a table that changes in flight", () => {
  test("moves new requests at once, and counts the old ones down exactly", async () => {
    const router = await rig();
    const waiting: (() => void)[] = [];
    const arrived = deferred();
    const old = await router.app((_, response) => {
      waiting.push(() => response.end("old"));
      if (waiting.length === 3) arrived.resolve();
    });
    const fresh = await router.app((_, response) => response.end("new"));
    router.route([target("i1", old)]);
    const clients = [1, 2, 3].map(() => router.get());
    await arrived.promise;
    expect(router.pool.inFlight()).toEqual({ i1: 3 });
    router.route([target("i2", fresh)]);
    expect(await router.get()).toMatch(/new$/);
    expect(router.pool.inFlight()).toEqual({ i1: 3 });
    expect(router.idleReports).toEqual([]);
    for (const release of waiting) release();
    for (const client of clients) expect(await client).toMatch(/old$/);
    await router.line(
      (line) => router.lines.filter(({ line }) => line.includes("web.i1")).length === 3 && line !== "",
    );
    expect(router.pool.inFlight()).toEqual({});
    expect(router.idleReports).toEqual([{}]);
  });

  test("a change of another version is ignored", async () => {
    const router = await rig();
    router.route([], "none");
    router.route([], "maintenance");
    expect(router.table.take({ from: 1, version: 3, apps: { a1: null } })).toBe(false);
    expect(router.table.take({ from: 3, version: 4, apps: { a1: null } })).toBe(false);
    expect(await router.get()).toContain("(H80)");
  });

  test("unknown hosts are 404 with a table and 503 without one", async () => {
    const router = await rig();
    expect(await router.get()).toMatch(/^HTTP\/1\.1 503[\s\S]*\(H99\)/);
    router.empty();
    expect(await router.get()).toMatch(/^HTTP\/1\.1 404[\s\S]*No such app/);
    expect(router.lines).toEqual([]);
  });
});
