import { once } from "node:events";
import { type FakePlatform, fakePlatform } from "../../fakes/platform/platform";
import { adminToken } from "../../fakes/platform/world";
import { type ApiServer, startApi } from "../../support/api-server";
import { type CliSession, openCli } from "../../support/cli-session";

let platform: FakePlatform;
let api: ApiServer;
let cli: CliSession;

beforeEach(async () => {
  platform = fakePlatform();
  platform.add("shop");
  api = await startApi(platform);
  cli = openCli(api.url, adminToken);
});
afterEach(async () => {
  cli.clean();
  await api.close();
});

const cut = (): void => {
  for (const socket of api.sockets) socket.destroy();
};

test("config:set goes on watching its release after the connection was cut", async () => {
  const follow = platform.followRelease.bind(platform);
  let calls = 0;
  platform.followRelease = async function* (app, version, signal) {
    calls += 1;
    if (calls > 1) return yield* follow(app, version, signal);
    yield "-----> Starting web.1";
    cut();
    await once(signal, "abort");
  };
  const { exitCode, stderr } = await cli.run(["config:set", "A=1", "-a", "shop"]);
  expect([exitCode, calls]).toEqual([0, 2]);
  expect(stderr).toBe("Setting A and restarting shop... done, v1\n");
});

test("logs -t takes up where it was cut, each line once", async () => {
  const line = (second: number, text: string) => `2026-11-20T10:00:0${second}.000Z app[web.1]: ${text}`;
  const kept = [line(1, "one"), line(2, "two")];
  let calls = 0;
  platform.readLogs = async function* (_app, _wish, signal) {
    yield* kept;
    calls += 1;
    if (calls > 1) return;
    kept.push(line(2, "also two"), line(3, "three"));
    setImmediate(cut);
    await once(signal, "abort");
  };
  const { stdout, exitCode } = await cli.run(["logs", "-t", "-a", "shop"]);
  expect(exitCode).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((text) => text.slice(37)),
  ).toEqual(["one", "two", "also two", "three"]);
});

test("an answer that was cut off says that the act may have happened", async () => {
  platform.scale = async () => {
    cut();
    return { quantities: {}, previous: {} };
  };
  const { exitCode, stderr } = await cli.run(["ps:scale", "web=1", "-a", "shop"]);
  expect([exitCode, stderr]).toEqual([75, expect.stringContaining("may have happened")]);
});

test("a stranger's answer is not taken for the API's", async () => {
  api.server.removeAllListeners("request");
  api.server.on("request", (_req, res) =>
    res.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad</h1>"),
  );
  expect(await cli.run(["apps"])).toMatchObject({
    exitCode: 75,
    stderr: expect.stringContaining("not as a paas API does"),
  });
});
