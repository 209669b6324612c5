import { commandNames } from "../../../cli/catalogue";
import { elsewhere } from "../../../cli/elsewhere";

test("commands of other platforms by one word, by two, and what nobody has", () => {
  expect(elsewhere("apps:create", "shop")).toBe("Here it is paas create.");
  expect(elsewhere("access", "add")).toBe("Here it is paas tokens:create.");
  expect(elsewhere("postgres:create", "db")).toMatch(/^Databases and other services are not run here/);
  expect(elsewhere("frobnicate", "")).toBeUndefined();
  expect(elsewhere("constructor", "")).toBeUndefined();
});

test("none of our own commands is taken for one of others", () => {
  const taken = commandNames.filter((name) => elsewhere(name, "") !== undefined);
  expect(taken).toEqual([]);
});
