import { once } from "node:events";
import { connect } from "node:net";
import { PaasError } from "../../../core/error";
import { adminToken } from "../../fakes/platform/world";
import { ApiRig } from "./api-rig";

const rig = ApiRig.use();

describe("hostile input", () => {
  test.each([
    ["no body", undefined, 422],
    ["not JSON", '{"changes": {"SECRET": "hunter2"', 422],
    ["a wrong shape", { changes: [] }, 422],
    ["an unknown key", { changes: {}, more: 1 }, 422],
    ["a value of a wrong type", { changes: { SECRET: 5, KEY: "hunter2" } }, 422],
    ["too much", { changes: { A: "x".repeat(1_100_000) } }, 413],
  ])("%s is refused and not quoted", async (_name, body, status) => {
    const answer = await rig.ask("PATCH", "/v1/apps/shop/config", adminToken, body);
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
    const { status, body } = await rig.ask("GET", path, adminToken);
    expect([200, 404, 422]).toContain(status);
    if (status !== 200) expect(body.message).toEqual(expect.any(String));
  });

  test("a given request id is kept only when it is well-formed", async () => {
    const withId = (id: string) => fetch(`${rig.api.url}/health`, { headers: { "X-Request-Id": id } });
    expect((await withId("abcdef-12345")).headers.get("x-request-id")).toBe("abcdef-12345");
    expect((await withId("a b")).headers.get("x-request-id")).toMatch(/^[a-z0-9]{20}$/);
  });

  test("bytes that are no HTTP end that connection alone", async () => {
    const socket = connect(rig.api.port, "127.0.0.1");
    socket.end("\x16\x03\x01 hello\r\n\r\n");
    await once(socket.resume(), "close");
    expect((await rig.ask("GET", "/health")).status).toBe(200);
  });
});

describe("errors", () => {
  test("of the catalogue come with their status, code, message and request id", async () => {
    rig.platform.rollback = async () => {
      throw new PaasError("busy", "v3 is under way.", { detail: { version: 3 } });
    };
    const { status, body } = await rig.ask("POST", "/v1/apps/shop/rollback", adminToken, {});
    expect(status).toBe(423);
    expect(body).toEqual({
      code: "busy",
      message: "v3 is under way.",
      detail: { version: 3 },
      requestId: expect.any(String),
    });
  });

  test("of any other kind show nothing of themselves but reach the log", async () => {
    rig.platform.listDomains = async () => {
      throw new Error("password=hunter2 at host db");
    };
    const { status, body } = await rig.ask("GET", "/v1/apps/shop/domains", adminToken);
    expect([status, body.code]).toEqual([500, "internal"]);
    expect(body.message).not.toContain("hunter2");
    expect(rig.api.logged).toContainEqual(
      expect.objectContaining({
        level: "error",
        fields: expect.objectContaining({ requestId: body.requestId }),
      }),
    );
  });
});
