import { changeOf } from "../../../router/table-change";
import { fc } from "../../support/properties";
import { type PlainRoute, type PlainTable, tableOf } from "../../support/route-table";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

const app = (port: number, more: object = {}): PlainRoute => ({
  name: "shop",
  mode: "serve",
  targets: [target("i1", port)],
  ...more,
});
const table = (apps: PlainTable["apps"], hosts: PlainTable["hosts"] = {}) =>
  tableOf({ version: 1, hosts, apps });

test("a change names what is new, other or gone, and nothing else", () => {
  const before = table(
    { a1: app(1), a2: app(2, { tls: { redirect: true, hsts: null } }), a3: app(3) },
    { "a.x": "a1", "b.x": "a2", "c.x": "a3" },
  );
  const after = table(
    { a1: app(1), a2: app(2, { tls: { redirect: false, hsts: null } }), a4: app(4) },
    { "a.x": "a1", "b.x": "a2", "d.x": "a4" },
  );
  expect(changeOf(before, after)).toEqual({
    from: 1,
    version: 1,
    apps: { a2: after.apps.a2, a3: null, a4: after.apps.a4 },
  });
  const certificates = { "*.x": "c1" };
  expect(changeOf(after, { ...after, version: 2, certificates })).toEqual({
    from: 1,
    version: 2,
    apps: {},
    certificates,
  });
});

test("routes are the same when they read the same, whatever they hold", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const change = changeOf(
        table({ a1: app(1, { more: one }) }),
        table({ a1: app(1, { more: JSON.parse(JSON.stringify(other)) }) }),
      );
      expect(Object.keys(change.apps)).toHaveLength(JSON.stringify(one) === JSON.stringify(other) ? 0 : 1);
    }),
  );
});

test("one table after the other leads where the last one alone would lead", () => {
  const ids = ["a1", "a2", "a3"];
  const apps = fc.dictionary(
    fc.constantFrom(...ids),
    fc.record({ port: fc.integer({ min: 1, max: 3 }), mode: fc.constantFrom("serve", "none") }),
  );
  const hosts = fc.dictionary(fc.constantFrom("A.x", "b.x", "*.x", "*"), fc.constantFrom(...ids));
  fc.assert(
    fc.property(fc.array(fc.record({ apps, hosts }), { minLength: 1, maxLength: 6 }), (tables) => {
      const [step, whole] = [new Rig(), new Rig()];
      const take = (rig: Rig, last: (typeof tables)[number]) =>
        rig.hosts({
          version: 0,
          hosts: last.hosts,
          apps: Object.fromEntries(
            Object.entries(last.apps).map(([id, { port, mode }]) => [id, app(port, { mode })]),
          ),
        });
      const seen = (rig: Rig) =>
        ["a.x", "b.x", "c.x", "y"].map((host) => {
          const found = rig.table.resolve(host);
          if (found.kind === "platform" || found.kind === "held") return found.kind;
          if (found.kind === "nowhere") return [found.appId, found.fault];
          return [found.appId, ...found.targets.map(({ target: { port }, gone }) => [port, gone])];
        });
      for (const each of tables) {
        take(step, each);
        // What was looked up once must not outlive the next table.
        seen(step);
      }
      for (const each of tables.slice(-1)) take(whole, each);
      const [one, other] = [seen(step), seen(whole)];
      step.clock.stop();
      whole.clock.stop();
      expect(one).toEqual(other);
    }),
    { numRuns: 50 },
  );
});
