import { satisfies } from "../../../scripts/setup/npm-packages";

const wanted = {
  "": {},
  "node_modules/pg": { version: "8.23.1" },
  "node_modules/@swc/core-darwin-arm64": { version: "1.0.0", optional: true },
};

describe("satisfies", () => {
  it("accepts exactly what the lock file says, other platforms' packages aside", () => {
    expect(satisfies({ "node_modules/pg": { version: "8.23.1" } }, wanted)).toBe(true);
  });

  it.each([
    ["a package is missing", {}],
    ["a version differs", { "node_modules/pg": { version: "8.0.0" } }],
  ])("refuses when %s", (_case, installed) => {
    expect(satisfies(installed, wanted)).toBe(false);
  });
});
