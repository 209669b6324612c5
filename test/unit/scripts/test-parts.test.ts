import { partsOf } from "../../../scripts/test-parts";

const titles = (kind: Parameters<typeof partsOf>[0]) => partsOf(kind).map((part) => part.title);

describe("partsOf", () => {
  it("checks what is cheap first and leaves chaos to the full run", () => {
    expect(titles("usual")).toEqual([
      "lint and format",
      "types",
      "imports and cycles",
      "unit tests",
      "contract tests",
      "integration tests",
      "e2e tests",
    ]);
    expect(titles("full")).toEqual([...titles("usual"), "chaos tests"]);
    expect(titles("unit")).toEqual(["unit tests"]);
  });

  it("skips long tests unless the run is a full one", () => {
    const skips = (kind: "usual" | "full") =>
      partsOf(kind).some((part) => part.args.includes("--testPathIgnorePatterns"));
    expect(skips("usual")).toBe(true);
    expect(skips("full")).toBe(false);
  });
});
