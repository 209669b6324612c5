import { parseAppJson } from "../../../core/app-json";
import { checkText, livenessChecks, longestStartMs, startChecks } from "../../../core/healthcheck";

const checks = (...web: object[]) => parseAppJson(JSON.stringify({ healthchecks: { web } })).healthChecks;
const faultOf = (app: unknown): string => {
  try {
    parseAppJson(JSON.stringify(app));
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

test("what others heed and nobody does here is told", () => {
  const scripts = { postdeploy: "seed", dokku: { predeploy: "build" } };
  const app = { name: "shop", addons: ["heroku-redis"], env: {}, scripts };
  expect(parseAppJson(JSON.stringify(app)).unheeded).toEqual([
    "addons",
    "scripts.postdeploy",
    "scripts.dokku.predeploy",
  ]);
  expect(parseAppJson('{ "scripts": "none", "addons": [], "env": { "A": "1" } }').unheeded).toEqual(["env"]);
});

describe("health checks in app.json", () => {
  test("have Dokku's form and defaults", () => {
    expect(checks({ type: "startup", name: "web check", path: "/health", attempts: 2 }).web).toEqual([
      {
        type: "startup",
        name: "web check",
        probe: { kind: "http", path: "/health", port: null, headers: {}, statuses: null, content: null },
        attempts: 2,
        timeoutMs: 5_000,
        waitMs: 5_000,
        initialDelayMs: 0,
      },
    ]);
  });

  test.each([
    [
      { type: "startup" },
      { kind: "http", path: "/", port: null, headers: {}, statuses: null, content: null },
    ],
    [
      {
        type: "liveness",
        port: 9000,
        status: 204,
        content: "ok",
        httpHeaders: [{ name: "Host", value: "a" }],
      },
      { kind: "http", path: "/", port: 9000, headers: { Host: "a" }, statuses: [204], content: "ok" },
    ],
    [
      { type: "readiness", listening: true },
      { kind: "tcp", port: null },
    ],
    [
      { type: "readiness", grpc: { service: "shop.v1.Orders" }, port: 9000 },
      { kind: "grpc", port: 9000, service: "shop.v1.Orders" },
    ],
    [
      { type: "liveness", grpc: {} },
      { kind: "grpc", port: null, service: "" },
    ],
    [
      { type: "startup", command: ["bin/check", "-v"] },
      { kind: "command", argv: ["bin/check", "-v"] },
    ],
    [
      { type: "startup", uptime: 1.5 },
      { kind: "uptime", ms: 1_500 },
    ],
  ])("%j", (form, probe) => {
    expect(checks(form).web?.[0]?.probe).toEqual(probe);
  });

  test.each([
    [{ path: "/" }, "healthchecks.web[1].type"],
    [{ type: "sometimes" }, "healthchecks.web[1].type"],
    [{ type: "startup", attemps: 3 }, "healthchecks.web[1]"],
    [{ type: "startup", path: "health" }, "healthchecks.web[1].path"],
    [{ type: "startup", path: "/a b" }, "healthchecks.web[1].path"],
    [{ type: "startup", port: 0 }, "healthchecks.web[1].port"],
    [{ type: "startup", scheme: "https" }, "healthchecks.web[1].scheme"],
    [{ type: "startup", attempts: 0 }, "healthchecks.web[1].attempts"],
    [{ type: "startup", wait: 0 }, "healthchecks.web[1].wait"],
    [{ type: "startup", timeout: 61 }, "healthchecks.web[1].timeout"],
    [{ type: "startup", command: "bin/check" }, "healthchecks.web[1].command"],
    [{ type: "startup", command: ["a"], path: "/" }, "healthchecks.web[1].path"],
    [{ type: "startup", uptime: 1, listening: true }, "healthchecks.web[1].listening"],
    [{ type: "startup", grpc: {}, path: "/" }, "healthchecks.web[1].path"],
    [{ type: "startup", grpc: { service: "a b" } }, "healthchecks.web[1].grpc.service"],
    [
      { type: "startup", httpHeaders: [{ name: "A\r\nB", value: "" }] },
      "healthchecks.web[1].httpHeaders[0].name",
    ],
  ])("%j is refused with its place", (fault, place) => {
    expect(faultOf({ healthchecks: { web: [{ type: "startup" }, fault] } })).toContain(
      `app.json: ${place} is not`,
    );
  });

  test("other faults name their place, too", () => {
    expect(faultOf({ formation: { web: { quantity: "two" } } })).toContain("formation.web.quantity");
    expect(faultOf([])).toContain("app.json: it is not");
    expect(parseAppJson(null)).toEqual({
      quantities: {},
      healthChecks: {},
      cron: [],
      buildpacks: [],
      unheeded: [],
    });
  });

  test("come in the order of startup, readiness; liveness apart", () => {
    const all = checks(
      { type: "liveness", name: "l" },
      { type: "readiness", name: "r" },
      { type: "startup", name: "s" },
    );
    expect(startChecks(all, "web").map(({ name }) => name)).toEqual(["s", "r"]);
    expect(livenessChecks(all, "web").map(({ name }) => name)).toEqual(["l"]);
    expect(startChecks(all, "worker")).toEqual([]);
  });

  test("say how long a start may take by their own figures", () => {
    expect(longestStartMs({})).toBe(0);
    expect(
      longestStartMs(checks({ type: "startup", attempts: 30, wait: 4, timeout: 1, initialDelay: 10 })),
    ).toBe(160_000);
    expect(longestStartMs(checks({ type: "liveness", attempts: 30 }))).toBe(0);
    expect(longestStartMs(checks({ type: "startup", uptime: 90 }))).toBe(90_000);
  });

  test("are told in words", () => {
    const words = (form: object) => checks(form).web?.map(checkText)[0];
    expect(words({ type: "startup", path: "/up", port: 81 })).toBe("startup check (GET :81/up)");
    expect(words({ type: "liveness", name: "db", command: ["a", "b"] })).toBe(
      'liveness check "db" (the command a b)',
    );
    expect(words({ type: "readiness", listening: true })).toBe("readiness check (a connection to PORT)");
    expect(words({ type: "startup", uptime: 2 })).toBe("startup check (running for 2 s)");
    expect(words({ type: "startup", grpc: { service: "a.B" } })).toBe("startup check (gRPC health of a.B)");
  });
});
