import { type Compared, diffReleases, masked } from "../../../core/release-diff";

const release = (change: Partial<Compared>): Compared => ({
  version: 1,
  image: { id: "sha256:a", ref: "a", madeBy: "buildpack", port: 5000 },
  commit: "1a2b3c4",
  processTypes: { web: { command: "node ." } },
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
