import { randomBytes } from "node:crypto";
import { attachment } from "../../fakes/platform/attachment";
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

test("the exit code passes through, stderr stays apart", async () => {
  platform.run = () => attachment({ exitCode: 7, stderr: "oops\n" });
  expect(await cli.run(["run", "-a", "shop", "sh", "-c", "exit 7"])).toMatchObject({
    stdout: "",
    stderr: "oops\n",
    exitCode: 7,
  });
  expect(platform.runs).toEqual([
    { start: { words: ["sh", "-c", "exit 7"], tty: false, stdin: true, env: {} }, ended: 1 },
  ]);
});

test("input and output are byte-exact, also when large", async () => {
  platform.run = () => attachment({ exitCode: 0, echo: true });
  const input = randomBytes(3 * 1024 * 1024);
  const chunks: Buffer[] = [];
  const { exitCode, stdout } = await cli.run(["run", "-a", "shop", "cat"], {
    input: input.toString("base64"),
  });
  chunks.push(Buffer.from(stdout, "base64"));
  expect(exitCode).toBe(0);
  expect(Buffer.concat(chunks).equals(input)).toBe(true);
});

test("flags stand before the command, its own are left alone", async () => {
  await cli.run([
    "run",
    "-a",
    "shop",
    "-e",
    "A=1",
    "--env",
    "B=x=y",
    "--size",
    "80x24",
    "--",
    "ls",
    "-a",
    "--env",
    "X",
  ]);
  expect(platform.runs[0]?.start).toEqual({
    words: ["ls", "-a", "--env", "X"],
    tty: false,
    stdin: true,
    env: { A: "1", B: "x=y" },
    columns: 80,
    rows: 24,
  });
});

test("what cannot start says why, with the catalogue's exit code", async () => {
  expect(await cli.run(["run", "-a", "nothere", "ls"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("nothere"),
  });
  expect(await cli.run(["run", "-a", "shop", "-e", "PORT=1", "ls"])).toMatchObject({ exitCode: 2 });
});

test("a lost server is told", async () => {
  platform.run = () => attachment({ exitCode: 0, endless: true });
  const running = cli.run(["run", "-a", "shop", "sleep", "100"]);
  while (platform.runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  for (const socket of api.sockets) socket.destroy();
  expect(await running).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("lost") });
});
