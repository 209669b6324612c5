import { changeConfig, checkConfigVar, emptyConfig } from "../../../core/env";

test("one var is as long as the kernel takes, its name included", () => {
  const longest = "x".repeat(128 * 1024 - "BIG=".length - 1);
  expect(() => checkConfigVar("BIG", longest)).not.toThrow();
  expect(() => checkConfigVar("BIG", `${longest}x`)).toThrow("keep large data out of config");
  expect(() => checkConfigVar("BIGG", longest)).toThrow("keep large data out of config");
});

test("all together fit into an environment", () => {
  const vars = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`V${index}`, "é".repeat(60_000)]));
  expect(() => changeConfig(emptyConfig(), vars)).toThrow("All config vars together");
  const { V8: _, ...fewer } = vars;
  expect(Object.keys(changeConfig(emptyConfig(), fewer).reveal())).toHaveLength(8);
});
