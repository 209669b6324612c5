import { randomUUID } from "node:crypto";
import Docker from "dockerode";
import { labelPrefix, labels } from "../../core/image";
import { startPlatform, type TestPlatform } from "../support/platform";
import { listeningPorts } from "../support/proc";
import { dockerApp, Project } from "../support/project";
import { hostAddresses, type Reached, reachScript, readReached } from "../support/reach";

jest.setTimeout(180_000);

/*
 * What apps and builds reach of the platform when it listens on all addresses: the router and nothing else. "Reaching" is any byte of an
 * answer, or a connection that stays open.
 */

let platform: TestPlatform;
let other: Project;
let prober: Project;
let otherWeb: { address: string; port: string };
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_BIND: "0.0.0.0" } });
  other = await Project.create(platform, "other");
  await other.commit(await dockerApp("the other app"));
  await pushed(other);
  otherWeb = await webOf("other");
  prober = await Project.create(platform, "prober");
  await prober.commit(await proberFiles());
  await pushed(prober);
}, 180_000);
afterAll(() => platform?.stop(), 120_000);

/** An app that dials from its running web instance too, at `/reach/<arguments with / between them>`. */
async function proberFiles(extra = ""): Promise<Record<string, string>> {
  const files = await dockerApp("prober");
  const dials =
    'if ($path =~ m{^/reach/(.+)}) { $body = join "", qx(perl reach.pl @{[map { quotemeta } split m{/}, $1]}) }';
  return {
    ...files,
    Dockerfile: `${files.Dockerfile}COPY reach.pl /app/\n${extra}`,
    "reach.pl": reachScript,
    "server.pl": (files["server.pl"] ?? "").replace('  print "got', `  ${dials}\n  print "got`),
  };
}

async function pushed(project: Project): Promise<string> {
  const { stderr, exitCode } = await project.push("main");
  if (exitCode !== 0) throw new Error(stderr);
  return stderr;
}

async function webOf(app: string): Promise<{ address: string; port: string }> {
  const filters = { label: [`${labels.platform}=${platform.id}`, `${labelPrefix}.app-name=${app}`] };
  const [web] = await new Docker().listContainers({ filters });
  return {
    address: web?.Labels[`${labelPrefix}.address`] ?? "",
    port: web?.Labels[`${labelPrefix}.port`] ?? "",
  };
}

/** Ways to run the program inside; each with its arguments. */
const ways: [string, (...words: string[]) => Promise<Reached>][] = [
  [
    "a one-off",
    async (...words) => {
      const { stdout } = await platform.cli(["run", "-a", "prober", "perl", "reach.pl", ...words]);
      return readReached(stdout);
    },
  ],
  [
    "a running instance",
    async (...words) => readReached((await prober.page(`/reach/${words.join("/")}`)).body),
  ],
  [
    "a build",
    async (...words) => {
      await prober.commit(await proberFiles(`RUN : ${randomUUID()}; perl reach.pl ${words.join(" ")}\n`));
      return readReached(await pushed(prober));
    },
  ],
];

const gatewayOf = (address: string): string =>
  address.replace(/\d+$/, (last) => String((Number(last) & ~63) + 1));

test("its roles listen on the router's and the API's port and nowhere else", () => {
  const { status } = platform;
  const pids = [...(status ? [status.pid] : []), ...(status?.roles ?? []).map(({ pid }) => pid)];
  expect(pids.length).toBe(6);
  expect(listeningPorts(pids).sort()).toEqual([platform.httpPort, platform.apiPort].sort());
});

describe.each(ways)("from inside %s", (_way, dial) => {
  test("nothing of the platform answers but the router, at any address of the host", async () => {
    const own = gatewayOf((await webOf("prober")).address);
    const hosts = [...new Set([...hostAddresses(), own, gatewayOf(otherWeb.address)])];
    const ports = [platform.apiPort, platform.httpPort, 5432, 6379, 2375, 2376];
    const reached = await dial(hosts.join(","), ports.join(","));
    expect(reached.size).toBe(hosts.length * ports.length);
    // A bridge that others removed meanwhile is no address of this host any more.
    const still = [...hostAddresses(), own, gatewayOf(otherWeb.address)];
    const answering = [...reached].filter(
      ([place, verdict]) => still.includes(place.split(" ")[0] ?? "") && /^(answers|open)/.test(verdict),
    );
    expect(answering.filter(([place]) => !place.endsWith(` ${platform.httpPort}`))).toEqual([]);
    for (const address of [own, "172.17.0.1"].filter((one) => hosts.includes(one))) {
      expect(reached.get(`${address} ${platform.apiPort}`)).toBe("closed");
      expect(reached.get(`${address} ${platform.httpPort}`)).toMatch(/^answers HTTP\/1\.1 404/);
    }
  });

  test("another app is reached by the router, not by its address", async () => {
    const direct = await dial(otherWeb.address, otherWeb.port);
    expect([...direct.values()]).toEqual(["unreached"]);
    expect((await other.page()).body).toBe("the other app");
    const routed = await dial(gatewayOf(otherWeb.address), `${platform.httpPort}`, "other.localhost");
    expect([...routed.values()]).toEqual(["answers HTTP/1.1 200 OK"]);
  });
});

test.each([
  ["GET", "/v1/apps"],
  ["POST", "/v1/apps"],
  ["GET", "/git/other.git/info/refs?service=git-receive-pack"],
  ["POST", "/git/other.git/git-receive-pack"],
  ["GET", "/v1/internal/builds/x/source"],
])("through the router, %s %s wants a token of an app too", async (method, path) => {
  const gateway = gatewayOf((await webOf("prober")).address);
  const words = [gateway, `${platform.httpPort}`, "paas.localhost", method, path];
  const { stdout } = await platform.cli(["run", "-a", "prober", "perl", "reach.pl", ...words]);
  expect([...readReached(stdout).values()]).toEqual(["answers HTTP/1.1 401 Unauthorized"]);
});

describe("inside", () => {
  const look =
    "find / -xdev -type s; echo sockets: $?; cat /proc/net/unix /proc/self/mountinfo; env; echo looked";

  test.each([
    ["a one-off", async () => (await platform.cli(["run", "-a", "prober", "sh", "-c", look])).stdout],
    [
      "a build",
      async () => {
        await prober.commit(await proberFiles(`RUN : ${randomUUID()}; ${look}\n`));
        return (await pushed(prober)).replace(/^remote: +/gm, "").replace(/ +$/gm, "");
      },
    ],
  ])("%s there is no socket, directory or variable of the host's", async (_where, run) => {
    const text = await run();
    expect(text).toMatch(/^looked$/m);
    expect(text).not.toMatch(/^\/\S*(docker\.sock|redis|PGSQL)/m);
    expect(text.split("\n").filter((line) => /^\/\S+$/.test(line))).toEqual([]);
    expect(text.match(/^[0-9a-f]{16}: .*$/gm)).toBeNull();
    expect(text).not.toContain(platform.dataDir);
    expect(text).not.toMatch(/^(PAAS_\w+|DATABASE_URL|REDIS_URL|DOCKER_HOST)=/m);
  });

  test.each(["--network=host", "--security=insecure"])("a build cannot have %s", async (flag) => {
    const live = await prober.remoteTip();
    await prober.commit(await proberFiles(`RUN ${flag} echo taken\n`));
    const { stderr, exitCode } = await prober.push("main");
    expect(exitCode).not.toBe(0);
    expect(stderr).not.toMatch(/^remote: +taken/m);
    expect(await prober.remoteTip()).toBe(live);
  });
});
