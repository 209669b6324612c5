import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { runProgram } from "../support/run-program";

const paas = join(__dirname, "../../bin/paas");

let platform: TestPlatform;
let shop: Project;
beforeAll(async () => {
  platform = await startPlatform();
  shop = await Project.create(platform, "shop");
  await shop.commit(await dockerApp("one"));
  const { exitCode, stderr } = await shop.push("main");
  if (exitCode !== 0) throw new Error(stderr);
}, 180_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(60_000);

const cli = (...args: string[]) => platform.cli(args, { cwd: shop.dir });

/** Runs the CLI on a terminal of its own, as script(1) makes one; what it prints has the terminal's line ends. */
const onTerminal = (command: string) =>
  runProgram("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { ...platform.env, SHELL: "/bin/sh", TERM: "xterm-test" },
    cwd: shop.dir,
  });

test("on a terminal run has one too, with its name, and passes the exit code on", async () => {
  const inside = `sh -c 'test -t 0 && test -t 1 && echo "both on $TERM"; exit 6'`;
  const { stdout, exitCode } = await onTerminal(`${paas} run ${inside}`);
  // The raw mode that Node sets lets the terminal add a second carriage return.
  expect(stdout).toMatch(/both on xterm-test\r+\n/);
  expect(exitCode).toBe(6);
});

test("without one it keeps stdout and stderr apart, and bytes as they are", async () => {
  const apart = await cli("run", "sh", "-c", "echo out; echo err >&2; exit 7");
  expect(apart).toMatchObject({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
  const text = "a\r\nb\0c\u{1f600}\n".repeat(50_000);
  const echoed = await platform.cli(["run", "cat"], { cwd: shop.dir, input: text });
  expect(echoed.stdout === text).toBe(true);
});

test("through the router it is the same", async () => {
  const env = { PAAS_SERVER: `http://paas.localhost:${platform.httpPort}`, PAAS_TOKEN: platform.token };
  expect((await platform.cli(["apps"], { env })).stdout).toContain("shop");
  const through = await platform.cli(["run", "-a", "shop", "sh", "-c", "cat; exit 4"], { env, input: "in" });
  expect(through).toMatchObject({ stdout: "in", exitCode: 4 });
});

test.each(["SIGTERM", "SIGKILL"] as const)("a client ended by %s leaves no container", async (signal) => {
  await noOneOffs();
  const client = spawn(
    process.execPath,
    [paas, "run", "sh", "-c", "trap 'echo told; exit 9' TERM; echo up; while :; do sleep 0.1; done"],
    {
      env: platform.env,
      cwd: shop.dir,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const said: string[] = [];
  client.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
  await once(client.stdout, "data");
  expect(await oneOffs()).toBe(1);
  const exited = once(client, "exit");
  client.kill(signal);
  const [code] = await exited;
  if (signal === "SIGTERM") expect([code, said.join("")]).toEqual([9, "up\ntold\n"]);
  await noOneOffs();
});

test("config:set holds on while the server is killed and comes back", async () => {
  const setting = cli("config:set", "A=1");
  while ((await versions()) < 2);
  await platform.killRole("server");
  const { exitCode, stderr } = await setting;
  // Killed before its answer it says so; after it, it has watched to the end.
  expect([0, 75]).toContain(exitCode);
  expect(stderr).toMatch(/done, v2|may have happened/);
});

async function versions(): Promise<number> {
  const { stdout } = await cli("releases", "--json");
  return (JSON.parse(stdout) as unknown[]).length;
}

async function noOneOffs(): Promise<void> {
  while ((await oneOffs()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** One-off containers of this platform that exist now. */
async function oneOffs(): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ name: [`^/shop-run.*`] }));
  const { stdout } = await runProgram(
    "curl",
    ["-s", "--unix-socket", "/var/run/docker.sock", `http://engine/containers/json?all=1&filters=${filters}`],
    { env: platform.env },
  );
  const containers = JSON.parse(stdout) as { Labels: Record<string, string> }[];
  return containers.filter(({ Labels }) => Object.values(Labels).includes(platform.id)).length;
}
