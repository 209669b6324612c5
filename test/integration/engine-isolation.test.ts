import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { formatAddress, inPool, parseRange } from "../../core/address-pool";
import { connectDocker } from "../../server/engines/docker/connection";
import { instanceLabel } from "../../server/engines/labels";
import { testPlatform } from "../contract/engine-worlds";
import { DockerTestApp } from "../support/docker-test-app";
import { serve } from "../support/programs";

jest.setTimeout(120_000);

/*
 * The rule: the platform's own services listen on 127.0.0.1 or on Unix sockets, which no container reaches. Where PAAS_BIND opens the API
 * wider, it refuses every peer that calls from a container's range; that works because the host sees a container's own address.
 */

const platformId = testPlatform();
let app: DockerTestApp;
let neighbour: DockerTestApp;
let neighbourAddress: string;
const servers: Server[] = [];

beforeAll(async () => {
  app = await DockerTestApp.open(platformId);
  neighbour = await DockerTestApp.open(platformId);
  const web = neighbour.spec(serve());
  neighbourAddress = web.address;
  await neighbour.startUntil(web, ["listening"]);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await neighbour.close();
  await app.close();
});

async function listen(host: string): Promise<{ port: number; peers: string[] }> {
  const peers: string[] = [];
  const server = createServer((socket) => {
    peers.push(socket.remoteAddress ?? "");
    socket.on("error", () => undefined); // the program inside hangs up when it has connected
    socket.end("reached\n");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, peers };
}

/** Tries each `address:port` from inside a container; answers those that could be connected. */
async function reachable(targets: string[]): Promise<string[]> {
  const script =
    'use IO::Socket::INET; print "start\\n"; for (@ARGV) { my $s = IO::Socket::INET->new(PeerAddr => $_, Timeout => 1); print "$_\\n" if $s }';
  const spec = app.spec(`perl -e '${script}' ${targets.join(" ")}`);
  await app.engine.start(spec);
  const [start, ...reached] = await app.output(spec.id);
  expect(start).toBe("start");
  await app.engine.stop(spec.id, 0);
  return reached;
}

const gatewayOf = (address: string): string => formatAddress(parseRange(`${address}/26`).start + 1);
const hostAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).flatMap(({ family, address }) => (family === "IPv4" ? [address] : [])),
  );

test("nothing that listens on the host's loopback is reached, by whatever address of the host", async () => {
  const standIn = await listen("127.0.0.1");
  const hosts = new Set([...hostAddresses(), gatewayOf(neighbourAddress)]);
  const ports = [standIn.port, 8081, 5432, 6379, 2375, 2376];
  const reached = await reachable([...hosts].flatMap((host) => ports.map((port) => `${host}:${port}`)));
  // An address that another program took from the host meanwhile is somebody else's by now.
  const left = new Set([...hostAddresses(), gatewayOf(neighbourAddress)]);
  expect(reached.filter((target) => left.has(target.split(":")[0] ?? ""))).toEqual([]);
  expect(standIn.peers).toEqual([]);
});

test("another app is not reached, one's own is", async () => {
  const own = app.spec(serve());
  await app.startUntil(own, ["listening"]);
  expect(await reachable([`${neighbourAddress}:5000`, `${own.address}:5000`])).toEqual([
    `${own.address}:5000`,
  ]);
});

test("what listens on all of the host's addresses sees the container's own, by which it can refuse", async () => {
  const open = await listen("0.0.0.0");
  const hosts = hostAddresses().filter((address) => address !== "127.0.0.1");
  await reachable(hosts.map((host) => `${host}:${open.port}`));
  expect(open.peers.length).toBeGreaterThan(0);
  const ranges = await app.parts.networks.ranges();
  expect(open.peers.filter((peer) => !ranges.some((range) => inPool(peer, range)))).toEqual([]);
});

test("there is no engine socket inside, no capability, and no way to gain one", async () => {
  expect(existsSync("/var/run/docker.sock")).toBe(true);
  const spec = app.spec(
    "ls /var/run/docker.sock; grep -E 'CapEff|CapPrm|CapBnd|NoNewPrivs' /proc/self/status",
  );
  await app.engine.start(spec);
  const lines = (await app.output(spec.id)).map((line) => line.replace(/\s+/, " "));
  expect(lines.filter((line) => /^(Cap|NoNew)/.test(line)).sort()).toEqual([
    "CapBnd: 0000000000000000",
    "CapEff: 0000000000000000",
    "CapPrm: 0000000000000000",
    "NoNewPrivs: 1",
  ]);
  expect(lines.filter((line) => line.startsWith("ls:"))).toHaveLength(1);
});

test("a Dockerfile's image keeps the documented few", async () => {
  const image = { id: app.baseRef, ref: app.baseRef, madeBy: "dockerfile", port: 5000 } as const;
  const spec = app.spec("grep CapBnd /proc/self/status", { image });
  await app.engine.start(spec);
  // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, NET_BIND_SERVICE 10
  const bits = [0, 1, 3, 5, 6, 7, 10].reduce((sum, bit) => sum + 2 ** bit, 0);
  expect(await app.output(spec.id)).toEqual([`CapBnd:\t${bits.toString(16).padStart(16, "0")}`]);
});

test("limits of memory, processes and CPU hold", async () => {
  const read = "cat /sys/fs/cgroup/$1 2>/dev/null || cat /sys/fs/cgroup/$2";
  const files = [
    "memory/memory.limit_in_bytes memory.max",
    "pids/pids.max pids.max",
    "cpu/cpu.cfs_quota_us cpu.max",
  ];
  const spec = app.spec(files.map((pair) => `set -- ${pair}; ${read}`).join("; "), {
    limits: { memoryMb: 64, cpus: 0.5, pids: 33 },
  });
  await app.engine.start(spec);
  expect((await app.output(spec.id)).map((line) => line.split(" ")[0])).toEqual([
    String(64 * 1024 * 1024),
    "33",
    "50000",
  ]);
});

test("an engine that keeps control groups itself has apps beside its own one, before builds", async () => {
  const docker = connectDocker(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  const { CgroupDriver } = (await docker.info()) as { CgroupDriver: string };
  const spec = app.spec(serve());
  await app.startUntil(spec, ["listening"]);
  const [container] = await docker.listContainers({ filters: { label: [`${instanceLabel}=${spec.id}`] } });
  const { HostConfig } = await docker.getContainer(container?.Id ?? "").inspect();
  expect(HostConfig.CgroupParent).toBe(CgroupDriver === "cgroupfs" ? "/paas" : "");
});

test("a program that takes more memory than its limit is killed, and alone", async () => {
  const spec = app.spec(`perl -e 'my $x = "x" x (200 * 1024 * 1024); print "alive"'`, {
    limits: { memoryMb: 32, cpus: 0, pids: 16 },
  });
  await app.engine.start(spec);
  expect(await app.output(spec.id)).not.toContain("alive");
  expect(await app.instance(spec.id)).toMatchObject({ state: "exited", exitCode: 137 });
});
