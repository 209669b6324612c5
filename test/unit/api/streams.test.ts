import { once } from "node:events";
import { connect } from "node:net";
import { PaasError } from "../../../core/error";
import { adminToken } from "../../fakes/platform/world";
import { ApiRig } from "./api-rig";

const rig = ApiRig.use();

describe("streams", () => {
  test("end with a line that says so", async () => {
    rig.platform.of((await rig.platform.findApp("shop")) as never).logs.push("one", "two");
    const { body, headers } = await rig.ask("GET", "/v1/apps/shop/logs", adminToken);
    expect(headers.get("content-type")).toContain("application/x-ndjson");
    expect(body.text).toBe('{"line":"one"}\n{"line":"two"}\n{"end":true}\n');
  });

  test("a failure on the way is their last line", async () => {
    rig.platform.readLogs = async function* () {
      yield "one";
      throw new PaasError("unavailable", "The disk is away.");
    };
    const { body } = await rig.ask("GET", "/v1/apps/shop/logs", adminToken);
    expect(body.text).toMatch(
      /^\{"line":"one"\}\n\{"error":\{"code":"unavailable","message":"The disk is away\.","requestId":"\w+"\}\}\n$/,
    );
  });

  test("a reader that leaves stops the work", async () => {
    const aborted = new Promise<void>((resolve) => {
      rig.platform.readLogs = async function* (_app, _wish, signal) {
        yield "one";
        await once(signal, "abort");
        resolve();
      };
    });
    const leaving = new AbortController();
    const response = await fetch(`${rig.api.url}/v1/apps/shop/logs?tail=1`, {
      headers: { Authorization: `Bearer ${adminToken}` },
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await aborted;
    expect((await rig.ask("GET", "/health")).status).toBe(200);
  });

  test("a reader that does not read slows the source and not our memory", async () => {
    let made = 0;
    const ended = new Promise<void>((resolve) => {
      rig.platform.readLogs = async function* (_app, _wish, signal) {
        try {
          for (; made < 100_000 && !signal.aborted; made += 1) yield "x".repeat(10_000);
        } finally {
          resolve();
        }
      };
    });
    const socket = connect(rig.api.port, "127.0.0.1");
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
