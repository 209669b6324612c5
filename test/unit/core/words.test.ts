import { checkAppName } from "../../../core/app";
import { backoffCeilingMs, backoffMs } from "../../../core/backoff";
import { changeConfig, parseAssignment, Sensitive } from "../../../core/env";
import { PaasError } from "../../../core/error";
import { applyScale, firstQuantities } from "../../../core/formation";
import { type Actor, may, verbs } from "../../../core/policy";
import { parseProcfile } from "../../../core/procfile";
import { fc } from "../../support/properties";

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof PaasError ? error.code : String(error);
  }
};

test.each(["shop", "a", "a-1", "x".repeat(30)])("%s is an app name", (name) => {
  expect(checkAppName(name)).toBe(name);
});
test.each(["", "Shop", "1a", "-a", "a-", "a_b", "a.b", "x".repeat(31), "paas", "www", "api", "a\n"])(
  "%j is no app name",
  (name) => expect(codeOf(() => checkAppName(name))).toBe("invalid"),
);

describe("a Procfile", () => {
  test("names process types", () => {
    expect(parseProcfile("# all\nweb: node a.js --x=1: 2\r\n\nwork_er-2:  sleep 1 \n")).toEqual({
      web: { command: "node a.js --x=1: 2" },
      "work_er-2": { command: "sleep 1" },
    });
    expect(parseProcfile("")).toEqual({});
    expect(parseProcfile("\uFEFFweb: a")).toEqual({ web: { command: "a" } });
  });
  test.each([
    ["nonsense", "line 1"],
    ["web: a\nweb: b", "line 2"],
    ["web:", "line 1"],
    ["we b: a", "line 1"],
  ])("%j is refused with its line", (text, where) => {
    expect(() => parseProcfile(text)).toThrow(where);
  });
});

describe("config", () => {
  test("is split at the first =", () => {
    expect(parseAssignment("A=b=c")).toEqual(["A", "b=c"]);
    expect(parseAssignment("A=")).toEqual(["A", ""]);
    expect(() => parseAssignment("A")).toThrow("A is invalid. Must be in the format FOO=bar.");
    expect(() => parseAssignment("=b")).toThrow("Must be in the format");
  });
  test("keeps values verbatim, sorts names and unsets by null", () => {
    const changed = changeConfig(new Sensitive({ b: "1", gone: "x" }), { a: " $x\n'\"", gone: null });
    expect(Object.entries(changed.reveal())).toEqual([
      ["a", " $x\n'\""],
      ["b", "1"],
    ]);
  });
  test.each(["1A", "A-B", "A B", "", "PORT", "Ä"])("%j is no config var", (name) => {
    expect(codeOf(() => changeConfig(new Sensitive({}), { [name]: "x" }))).toBe("invalid");
  });
  test("is never printed", () => {
    const secret = new Sensitive({ A: "hidden" });
    expect(`${secret} ${JSON.stringify({ secret })}`).not.toContain("hidden");
    expect(codeOf(() => changeConfig(new Sensitive({}), { A: "hid\0den" }))).toBe("invalid");
  });
});

describe("a scale", () => {
  test("sets, adds and takes", () => {
    expect(applyScale({ web: 1 }, ["web=3", "worker+2", "web-1"], ["web", "worker"])).toEqual({
      web: 2,
      worker: 2,
    });
  });
  test.each([["web=x"], ["web"], ["=1"], ["web=-1"], ["web-2"], ["web=101"], ["other=1"], ["clock=2"]])(
    "%s is refused",
    (word) => expect(codeOf(() => applyScale({ web: 1 }, [word], ["web", "clock"]))).toBe("invalid"),
  );
  test("leaves what it was given as it was", () => {
    const before = { web: 1 };
    applyScale(before, ["web=2"], ["web"]);
    expect(before).toEqual({ web: 1 });
  });
  test("starts with web=1 and nothing of the others, unless app.json says so", () => {
    expect(firstQuantities(["web", "worker"], { worker: 2, other: 9 })).toEqual({ web: 1, worker: 2 });
  });
});

describe("the policy", () => {
  const actor = (change: Partial<Actor>): Actor => ({ name: "a", admin: false, apps: {}, ...change });

  test("lets an admin do everything", () => {
    for (const verb of verbs) expect(may(actor({ admin: true }), verb, "shop")).toBe("yes");
  });
  test("hides apps from those who have no part in them", () => {
    for (const verb of verbs) expect(may(actor({ apps: { other: "owner" } }), verb, "shop")).toBe("hidden");
  });
  test("gives each role its verbs and no more", () => {
    const allowed = (role: "viewer" | "deployer" | "owner") =>
      verbs.filter((verb) => may(actor({ apps: { shop: role } }), verb, "shop") === "yes");
    expect(allowed("viewer")).toContain("git:read");
    expect(allowed("viewer")).not.toContain("git:push");
    expect(allowed("viewer")).not.toContain("config:read");
    expect(allowed("deployer")).toContain("git:push");
    expect(allowed("deployer")).not.toContain("app:destroy");
    expect(allowed("owner")).toContain("app:destroy");
    expect(allowed("owner")).not.toContain("tokens:write");
  });
  test("keeps what is the platform's from everybody else", () => {
    expect(may(actor({ apps: { shop: "owner" } }), "app:create")).toBe("no");
  });
});

test("backing off grows from nothing to its ceiling, and is the same for the same place", () => {
  expect(backoffMs(1, "a")).toBe(0);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.string(), (crashes, seed) => {
      const rest = backoffMs(crashes, seed);
      const base = Math.min(backoffCeilingMs, 2_000 * 2 ** (crashes - 2));
      return rest >= base * 0.8 && rest <= base && rest === backoffMs(crashes, seed);
    }),
  );
});
