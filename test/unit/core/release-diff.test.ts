import { type Compared, diffReleases, masked } from "../../../core/release-diff";

const release = (change: Partial<Compared>): Compared => ({
  version: 1,
  image: { id: "sha256:a", ref: "a", madeBy: "buildpack", port: 5000 },
  commit: "1a2b3c4",
  processTypes: { web: { command: "node ." } },
  healthChecks: {},
  cron: [],
  config: {},
  ...change,
});

test("two releases alike differ in nothing", () => {
  expect(diffReleases(release({}), release({ version: 2 }))).toEqual({
    from: 1,
    to: 2,
    image: null,
    commits: null,
    processTypes: [],
    healthChecks: [],
    cron: [],
    config: [],
  });
});

test("what came, went and changed is told by name, in order", () => {
  const from = release({
    config: { GONE: "1", SAME: "s", KEY: "old", toString: "x" },
    processTypes: { web: { command: null }, clock: { command: "tick" } },
  });
  const to = release({
    version: 4,
    image: null,
    commit: null,
    config: { KEY: "new", SAME: "s", CAME: "" },
    processTypes: { web: { command: "node ." }, clock: { command: "tick" } },
  });
  const diff = diffReleases(from, to);
  expect(diff.image).toEqual({ from: "sha256:a", to: null });
  expect(diff.commits).toEqual({ from: "1a2b3c4", to: null });
  expect(diff.processTypes).toEqual([{ name: "web", from: "(the image's own command)", to: "node ." }]);
  expect(diff.config).toEqual([
    { name: "CAME", from: null, to: "" },
    { name: "GONE", from: "1", to: null },
    { name: "KEY", from: "old", to: "new" },
    { name: "toString", from: "x", to: null },
  ]);
});

test("a check and a line of the schedule differ by any of their figures", () => {
  const check = {
    type: "startup" as const,
    name: null,
    probe: {
      kind: "http" as const,
      path: "/up",
      port: null,
      headers: { "X-Key": "secret" },
      statuses: [204],
      content: "ok",
    },
    attempts: 3,
    timeoutMs: 5_000,
    waitMs: 2_500,
    initialDelayMs: 1_000,
  };
  const job = { command: "bin/report", schedule: "0 3 * * *", timezone: "UTC", overlap: "forbid" as const };
  const from = release({ healthChecks: { web: [check] }, cron: [job] });
  const to = release({
    healthChecks: { web: [{ ...check, attempts: 1 }] },
    cron: [{ ...job, overlap: "allow" }],
  });
  const diff = diffReleases(from, to);
  const before = 'startup check (GET /up), with X-Key, expects 204, expects "ok", after 1 s, ';
  expect(diff.healthChecks).toEqual([
    {
      name: "web.1",
      from: `${before}3 attempts of 5 s, 2.5 s apart`,
      to: `${before}1 attempt of 5 s, 2.5 s apart`,
    },
  ]);
  expect(diff.cron).toEqual([
    { name: "cron.1", from: "0 3 * * * (UTC) bin/report", to: "0 3 * * * (UTC, may overlap) bin/report" },
  ]);
});

test("masked, no value is left and a missing one stays missing", () => {
  const list = [
    { name: "A", from: "secret", to: null },
    { name: "B", from: "", to: "secret" },
  ];
  expect(masked(list)).toEqual([
    { name: "A", from: "****", to: null },
    { name: "B", from: "****", to: "****" },
  ]);
});
