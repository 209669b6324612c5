import { once } from "node:events";
import { connect } from "node:net";
import { PaasError } from "../../../core/error";
import { may, type Role } from "../../../core/policy";
import { routes } from "../../../server/api/routes";
import { type FakePlatform, fakePlatform } from "../../fakes/platform/platform";
import { adminToken } from "../../fakes/platform/world";
import { type ApiServer, startApi } from "../../support/api-server";

let platform: FakePlatform;
let api: ApiServer;

beforeEach(async () => {
  platform = fakePlatform();
  const shop = platform.add("shop");
  platform.add("other");
  for (const role of ["viewer", "deployer", "owner"] as const)
    platform.actors.set(role, { name: role, admin: false, apps: { [shop.app.id]: role } });
  api = await startApi(platform);
});
afterEach(() => api.close());

interface Answer {
  status: number;
  body: { code?: string; message?: string; requestId?: string } & Record<string, unknown>;
  headers: Headers;
}
async function ask(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
  const response = await fetch(api.url + path, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: json ? JSON.parse(text) : { text }, headers: response.headers };
}

const concrete = (path: string, app: string): string =>
  `/v1${path.replace(":app", app).replace(":version", "1").replace(":hostname", "x.example").replace(":id", "none")}`;

describe("every route", () => {
  const table = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

  test.each(table)(
    "%s wants a token: none, wrong and another scheme all get the same 401",
    async (_name, { method, path }) => {
      for (const app of ["shop", "missing"])
        for (const token of [undefined, "wrong", ""]) {
          const { status, body } = await ask(method.toUpperCase(), concrete(path, app), token);
          expect([status, body.code]).toEqual([401, "unauthorized"]);
        }
    },
  );

  test.each(table.filter(([, { verb }]) => verb !== null))(
    "%s asks the policy",
    async (_name, { method, path, verb }) => {
      if (verb === null) return;
      const ofApp = path.includes(":app");
      for (const role of ["viewer", "deployer", "owner"] satisfies Role[]) {
        const answer = await ask(method.toUpperCase(), concrete(path, "shop"), role);
        const allowed =
          may(platform.actors.get(role) as never, verb, ofApp ? "id-shop" : undefined) === "yes";
        expect([role, answer.status === 403]).toEqual([role, !allowed]);
        if (ofApp) {
          const unseen = await ask(method.toUpperCase(), concrete(path, "other"), role);
          const missing = await ask(method.toUpperCase(), concrete(path, "missing"), role);
          expect([unseen.status, missing.status]).toEqual([404, 404]);
          expect(unseen.body.message?.replace("other", "X")).toBe(
            missing.body.message?.replace("missing", "X"),
          );
        }
      }
      expect(platform.kept.size).toBe(2);
    },
  );
});

test("Basic auth with the token as password is taken too", async () => {
  const headers = { Authorization: `Basic ${Buffer.from(`anyone:${adminToken}`).toString("base64")}` };
  expect((await fetch(`${api.url}/v1/whoami`, { headers })).status).toBe(200);
});

test("health answers without a token", async () => {
  expect((await ask("GET", "/health")).body).toEqual({ ok: true, platform: "testpaas", version: "0.0.0" });
});

test("lists only the apps one may see", async () => {
  expect((await ask("GET", "/v1/apps", "viewer")).body).toHaveLength(1);
  expect((await ask("GET", "/v1/apps", adminToken)).body).toHaveLength(2);
  expect((await ask("GET", "/v1/whoami", "viewer")).body).toEqual({
    name: "viewer",
    admin: false,
    apps: { shop: "viewer" },
  });
});

describe("hostile input", () => {
  test.each([
    ["no body", undefined, 422],
    ["not JSON", '{"changes": {"SECRET": "hunter2"', 422],
    ["a wrong shape", { changes: [] }, 422],
    ["an unknown key", { changes: {}, more: 1 }, 422],
    ["a value of a wrong type", { changes: { SECRET: 5, KEY: "hunter2" } }, 422],
    ["too much", { changes: { A: "x".repeat(1_100_000) } }, 413],
  ])("%s is refused and not quoted", async (_name, body, status) => {
    const answer = await ask("PATCH", "/v1/apps/shop/config", adminToken, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toContain("hunter2");
    expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
  });

  test.each([
    "/v1/apps/%00",
    "/v1/apps/%ff",
    "/v1/apps/..%2f..",
    "/v1/apps/shop/releases/1e9",
    "/v1/apps/shop/logs?n=-1",
    "/v1/apps/shop/logs?n=1&n=2",
    "/v1/nothing",
    "/nothing",
    "/v1/apps/shop/releases?limit=99999",
  ])("%s gets a definite answer", async (path) => {
    const { status, body } = await ask("GET", path, adminToken);
    expect([200, 404, 422]).toContain(status);
    if (status !== 200) expect(body.message).toEqual(expect.any(String));
  });

  test("a given request id is kept only when it is well-formed", async () => {
    const withId = (id: string) => fetch(`${api.url}/health`, { headers: { "X-Request-Id": id } });
    expect((await withId("abcdef-12345")).headers.get("x-request-id")).toBe("abcdef-12345");
    expect((await withId("a b")).headers.get("x-request-id")).toMatch(/^[a-z0-9]{20}$/);
  });

  test("bytes that are no HTTP end that connection alone", async () => {
    const socket = connect(api.port, "127.0.0.1");
    socket.end("\x16\x03\x01 hello\r\n\r\n");
    await once(socket.resume(), "close");
    expect((await ask("GET", "/health")).status).toBe(200);
  });
});

describe("errors", () => {
  test("of the catalogue come with their status, code, message and request id", async () => {
    platform.rollback = async () => {
      throw new PaasError("busy", "v3 is under way.", { detail: { version: 3 } });
    };
    const { status, body } = await ask("POST", "/v1/apps/shop/rollback", adminToken, {});
    expect(status).toBe(423);
    expect(body).toEqual({
      code: "busy",
      message: "v3 is under way.",
      detail: { version: 3 },
      requestId: expect.any(String),
    });
  });

  test("of any other kind show nothing of themselves but reach the log", async () => {
    platform.listDomains = async () => {
      throw new Error("password=hunter2 at host db");
    };
    const { status, body } = await ask("GET", "/v1/apps/shop/domains", adminToken);
    expect([status, body.code]).toEqual([500, "internal"]);
    expect(body.message).not.toContain("hunter2");
    expect(api.logged).toContainEqual(
      expect.objectContaining({
        level: "error",
        fields: expect.objectContaining({ requestId: body.requestId }),
      }),
    );
  });
});

test("destroying wants the name as confirmation", async () => {
  expect((await ask("DELETE", "/v1/apps/shop", adminToken)).status).toBe(422);
  expect((await ask("DELETE", "/v1/apps/shop?confirm=other", adminToken)).status).toBe(422);
  expect((await ask("DELETE", "/v1/apps/shop?confirm=shop", adminToken)).status).toBe(204);
});

test("a build's source opens to that build's own token only", async () => {
  platform.sources.set("b1", { token: "src", content: "tar bytes" });
  const path = "/v1/internal/builds/b1/source";
  expect((await ask("GET", path, "src")).body).toEqual({ text: "tar bytes" });
  for (const token of [undefined, adminToken, "viewer"])
    expect((await ask("GET", path, token)).status).toBe(401);
  expect((await ask("GET", "/v1/internal/builds/b2/source", "src")).status).toBe(401);
});

test("git goes to the git receiver, untouched by body parsers", async () => {
  expect((await ask("POST", "/git/shop.git/git-receive-pack", undefined, "{broken")).body).toEqual({
    text: "git",
  });
});

describe("streams", () => {
  test("end with a line that says so", async () => {
    platform.of((await platform.findApp("shop")) as never).logs.push("one", "two");
    const { body, headers } = await ask("GET", "/v1/apps/shop/logs", adminToken);
    expect(headers.get("content-type")).toContain("application/x-ndjson");
    expect(body.text).toBe('{"line":"one"}\n{"line":"two"}\n{"end":true}\n');
  });

  test("a failure on the way is their last line", async () => {
    platform.readLogs = async function* () {
      yield "one";
      throw new PaasError("unavailable", "The disk is away.");
    };
    const { body } = await ask("GET", "/v1/apps/shop/logs", adminToken);
    expect(body.text).toMatch(
      /^\{"line":"one"\}\n\{"error":\{"code":"unavailable","message":"The disk is away\.","requestId":"\w+"\}\}\n$/,
    );
  });

  test("a reader that leaves stops the work", async () => {
    const aborted = new Promise<void>((resolve) => {
      platform.readLogs = async function* (_app, _wish, signal) {
        yield "one";
        await once(signal, "abort");
        resolve();
      };
    });
    const leaving = new AbortController();
    const response = await fetch(`${api.url}/v1/apps/shop/logs?tail=1`, {
      headers: { Authorization: `Bearer ${adminToken}` },
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await aborted;
    expect((await ask("GET", "/health")).status).toBe(200);
  });

  test("a reader that does not read slows the source and not our memory", async () => {
    let made = 0;
    const ended = new Promise<void>((resolve) => {
      platform.readLogs = async function* (_app, _wish, signal) {
        try {
          for (; made < 100_000 && !signal.aborted; made += 1) yield "x".repeat(10_000);
        } finally {
          resolve();
        }
      };
    });
    const socket = connect(api.port, "127.0.0.1");
    socket.pause();
    socket.write(`GET /v1/apps/shop/logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminToken}\r\n\r\n`);
    let before = -1;
    while (made === 0 || made !== before) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(made).toBeLessThan(5_000);
    socket.destroy();
    await ended;
  });
});
