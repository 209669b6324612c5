import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCleanup } from "./cleanup";
import type { BenchOptions } from "./main";
import { freePort } from "./platform";
import type { Report } from "./report";
import { makeCertificate } from "./router/certificate";
import { cpuSeconds } from "./router/cpu";
import { echoes, h2load, paced, type Round, wrk } from "./router/load";
import { hostCount, hostScripts, hostsKept } from "./router/many-hosts";
import { type Peer, type Place, peers } from "./router/peers";
import { end } from "./router/pinned";
import { startUpstreams } from "./router/upstream";
import { rounded } from "./stats";

/** Half of what the slowest peer does. */
const pacedRate = 4_000;
/** A program that compiles as it runs is slow at first. */
const warmUpSeconds = 2;

interface Kind {
  name: string;
  load: (place: Place, seconds: number) => Promise<Round>;
}

const small =
  (more: { header?: string } = {}): Kind["load"] =>
  ({ port }, seconds) =>
    wrk({ url: `http://127.0.0.1:${port}/small`, connections: 64, seconds, ...more });
const file =
  (name: string, connections: number): Kind["load"] =>
  ({ port }, seconds) =>
    wrk({ url: `http://127.0.0.1:${port}/${name}`, connections, seconds });

const kinds: Kind[] = [
  { name: "small", load: small() },
  { name: "10 KB", load: file("medium", 64) },
  { name: "1 MB", load: file("large", 16) },
  { name: "new connections", load: small({ header: "Connection: close" }) },
  { name: "websocket", load: ({ port }, seconds) => echoes(port, 64, seconds) },
];
/** For those that speak TLS. */
const http2: Kind = { name: "HTTP/2", load: ({ tlsPort }, seconds) => h2load(tlsPort, 16, seconds) };
/** What a proxy did per second of its processor time, by kind of load; and latencies at a fixed rate. */
type Result = Record<string, number>;

/**
 * Proxies in one run, on a core of their own, with what loads them and what they stand before on the other. Figures are requests (or
 * messages) per second of the proxy's processor time. `runs` is the number of seconds of each load.
 */
export function benchRouter({ runs: seconds, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    const folder = await mkdtemp(join(tmpdir(), "paas-bench-router-"));
    defer(() => rm(folder, { recursive: true, force: true }));
    // nginx's worker is another user.
    await chmod(folder, 0o755);
    for (const [file, script] of Object.entries(hostScripts)) await writeFile(join(folder, file), script);
    const [port, files, echo] = [await freePort(), await freePort(), await freePort()];
    const certificate = await makeCertificate(folder);
    const place = { folder, port, tlsPort: await freePort(), certificate, upstreams: { files, echo }, env };
    for (const child of await startUpstreams(folder, place.upstreams)) defer(() => end(child));
    const results = new Map<string, Result>();
    const round = async (peer: Peer, loads: Kind[], then = async (): Promise<Result> => ({})) => {
      const child = await peer.start(place);
      defer(() => end(child));
      const result = { ...(await measure(peer, child, loads, place, seconds, say)), ...(await then()) };
      results.set(peer.name, { ...results.get(peer.name), ...result });
      await end(child);
    };
    const kindsOf = ({ secure }: Peer) => (secure ? [...kinds, http2] : kinds);
    for (const peer of peers) await round(peer, kindsOf(peer), () => latencies(port, seconds));
    const kept = await hostsKept(place, defer);
    say(`${hostCount} hosts keep ${rounded(kept, 3)} of one host's throughput`);
    return reportOf(results, kept);
  });
}

async function measure(
  peer: Peer,
  child: ChildProcess,
  loads: Kind[],
  place: Place,
  seconds: number,
  say: BenchOptions["say"],
): Promise<Result> {
  const result: Result = {};
  for (const { name, load } of loads) {
    await load(place, warmUpSeconds);
    const before = await cpuSeconds(child.pid ?? 0);
    const round = await load(place, seconds);
    const cpu = (await cpuSeconds(child.pid ?? 0)) - before;
    if (round.failed > 0)
      throw new Error(`${peer.name}, ${name}: ${round.failed} of ${round.requests} failed`);
    result[name] = round.requests / cpu;
    const [rate, share] = [rounded(round.requests / round.seconds), rounded(cpu / round.seconds, 2)];
    say(`${peer.name}, ${name}: ${rate} a second with ${share} of a core`);
  }
  return result;
}

async function latencies(port: number, seconds: number): Promise<Result> {
  const sorted = (await paced(port, pacedRate, seconds)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

function reportOf(results: Map<string, Result>, kept: number): Report {
  const of = (peer: string, what: string) => results.get(peer)?.[what] ?? Number.NaN;
  const ratio = (what: string, peer: string) => rounded(of("paas", what) / of(peer, what), 2);
  const names = peers.map(({ name }) => name);
  const shown = (figure: number) => (Number.isNaN(figure) ? "-" : String(rounded(figure)));
  const rows = [...kinds, http2].map(({ name }) => [name, ...names.map((peer) => shown(of(peer, name)))]);
  const times = ["p50", "p99"].map((what) => [
    `${what} ms`,
    ...names.map((peer) => of(peer, what).toFixed(2)),
  ]);
  return {
    table: [
      ["per CPU second", ...names],
      ...rows,
      ...times,
      [`${hostCount} hosts instead of one (goal: 0.98)`, `${rounded(kept, 3)} x`],
    ],
    figures: {
      bench: "router",
      small: rounded(of("paas", "small")),
      vsNginx: ratio("small", "nginx"),
      vsHaproxy: ratio("small", "haproxy"),
      vsCaddy: ratio("small", "caddy"),
      vsHttpProxy: ratio("small", "http-proxy"),
      mediumVsNginx: ratio("10 KB", "nginx"),
      largeVsNginx: ratio("1 MB", "nginx"),
      connectionsVsNginx: ratio("new connections", "nginx"),
      websocketVsNginx: ratio("websocket", "nginx"),
      http2: rounded(of("paas", "HTTP/2")),
      http2VsNginx: ratio("HTTP/2", "nginx"),
      http2VsCaddy: ratio("HTTP/2", "caddy"),
      hostsKept: rounded(kept, 3),
      p50Ms: rounded(of("paas", "p50"), 2),
      p99Ms: rounded(of("paas", "p99"), 2),
      p99VsNginx: ratio("p99", "nginx"),
    },
  };
}
