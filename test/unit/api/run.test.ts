import { once } from "node:events";
import { PassThrough } from "node:stream";
import WebSocket from "ws";
import { resizeFrame, runFrame } from "../../../core/run-frame";
import { type RunEnd, runChannel } from "../../../core/wire";
import { attachment } from "../../fakes/platform/attachment";
import { type FakePlatform, fakePlatform } from "../../fakes/platform/platform";
import { adminToken } from "../../fakes/platform/world";
import { type ApiServer, startApi } from "../../support/api-server";

let platform: FakePlatform;
let api: ApiServer;
const start = { words: ["cat"], tty: false, stdin: true, env: {} };

beforeEach(async () => {
  platform = fakePlatform();
  const { app } = platform.add("shop");
  platform.actors.set("viewer", { name: "viewer", admin: false, apps: { [app.id]: "viewer" } });
  api = await startApi(platform);
});
afterEach(() => api.close());

function dial(token: string | undefined, path = "/v1/apps/shop/run"): WebSocket {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return new WebSocket(`ws://127.0.0.1:${api.port}${path}`, { headers });
}

/** Everything of one conversation: what came on each channel, and the end. */
async function talk(
  client: WebSocket,
  frames: (string | Buffer)[],
): Promise<{ stdout: string; end: RunEnd | null }> {
  let stdout = "";
  let end: RunEnd | null = null;
  client.on("message", (data: Buffer) => {
    if (data[0] === runChannel.stdout) stdout += data.subarray(1).toString();
    if (data[0] === runChannel.end) end = JSON.parse(data.subarray(1).toString());
  });
  await once(client, "open");
  for (const frame of frames) client.send(frame);
  await once(client, "close");
  return { stdout, end };
}

const stdin = (text: string): Buffer => runFrame(runChannel.stdin, Buffer.from(text));

test.each([
  ["no token", undefined, "/v1/apps/shop/run", 401],
  ["a wrong token", "wrong", "/v1/apps/shop/run", 401],
  ["an unknown app", adminToken, "/v1/apps/missing/run", 404],
  ["another path", adminToken, "/v1/apps/shop/logs", 404],
  ["a viewer", "viewer", "/v1/apps/shop/run", 403],
])("%s is refused before the upgrade", async (_name, token, path, status) => {
  const client = dial(token, path);
  const [, response] = await once(client, "unexpected-response");
  expect(response.statusCode).toBe(status);
  client.on("error", () => undefined).terminate();
  expect(platform.runs).toEqual([]);
});

test("input sent together with the start is not lost", async () => {
  platform.run = () => attachment({ exitCode: 3, echo: true });
  const frames = [JSON.stringify(start), stdin("a"), stdin("b"), stdin("")];
  expect(await talk(dial(adminToken), frames)).toEqual({ stdout: "ab", end: { exitCode: 3 } });
});

test.each([
  ["text that is no JSON", "nonsense"],
  ["a wrong shape", JSON.stringify({ ...start, words: [] })],
  ["an unknown key", JSON.stringify({ ...start, user: "root" })],
  ["binary", stdin("x")],
])("%s as first message starts nothing and says why", async (_name, first) => {
  const { end } = await talk(dial(adminToken), [first]);
  expect(end).toEqual({ exitCode: 2, error: expect.any(String) });
  expect(platform.runs).toEqual([]);
});

test("an unknown channel ends the conversation and the run", async () => {
  platform.run = () => attachment({ exitCode: 0, endless: true });
  await talk(dial(adminToken), [JSON.stringify(start), runFrame(9, Buffer.from("x"))]);
  await ended();
});

test("a signal reaches the program, an invented one does not", async () => {
  platform.run = () => attachment({ exitCode: 0, endless: true });
  const signal = (name: string) => runFrame(runChannel.signal, Buffer.from(name));
  const { stdout } = await talk(dial(adminToken), [
    JSON.stringify(start),
    signal("SIGFOO"),
    signal("SIGTERM"),
  ]);
  expect(stdout).toBe("got SIGTERM\n");
});

test("a resize that fails, because the program has just ended, disturbs nothing", async () => {
  platform.run = () => ({
    ...attachment({ exitCode: 0, echo: true }),
    resize: () => Promise.reject(new Error("not running")),
  });
  const { end } = await talk(dial(adminToken), [JSON.stringify(start), resizeFrame(80, 24), stdin("")]);
  expect(end).toEqual({ exitCode: 0 });
});

test("a client that vanishes ends the container", async () => {
  platform.run = () => attachment({ exitCode: 0, endless: true });
  const client = dial(adminToken);
  await once(client, "open");
  client.send(JSON.stringify(start));
  while (platform.runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  client.terminate();
  await ended();
});

test("a start that fails is told with the catalogue's exit code, and nothing secret", async () => {
  platform.run = () => {
    throw new Error("password=hunter2");
  };
  const { end } = await talk(dial(adminToken), [JSON.stringify(start)]);
  expect(end).toEqual({ exitCode: 70, error: expect.not.stringContaining("hunter2") });
});

test("a client that does not read holds back the program", async () => {
  const stdout = new PassThrough();
  platform.run = () => ({ ...attachment({ exitCode: 0, endless: true }), stdout });
  const client = dial(adminToken);
  await once(client, "open");
  client.send(JSON.stringify(start));
  while (platform.runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  client.pause();
  let written = 0;
  for (let held = false; !held && written < 500; written += 1)
    if (!stdout.write(Buffer.alloc(1024 * 1024)))
      held = await Promise.race([
        once(stdout, "drain").then(() => false),
        new Promise<true>((resolve) => setTimeout(() => resolve(true), 300)),
      ]);
  expect(written).toBeLessThan(100);
  client.terminate();
  await ended();
});

async function ended(): Promise<void> {
  while (platform.runs[0]?.ended !== 1) await new Promise((resolve) => setImmediate(resolve));
}
