/**
 * The router: the data plane, from a hostname to a living instance.
 *
 *   crew      the workers that serve: this process itself (sole-crew), or processes of their own (workers/), whose counts are added up (report)
 *   worker    what serves within one process: the doors, and the data path, which puts these together:
 *   front     accepts connections; each is a client, whose requests are read, and served one after the other
 *   http1/    HTTP/1.1 on Buffers: heads, framing, bodies; pure
 *   http2/    sessions of clients that speak HTTP/2: each stream becomes a connection that speaks HTTP/1.1
 *   peer      who opened a connection, and whom a request came from: trusted proxies
 *   passage   one request on its way: sending to the app, delivery (answer, or error page) to the client; an Exchange keeps its account
 *   reach     finds a target that takes a connection      upstream, connections, read-buffer    connections to apps
 *   table     hostname -> destination, changed app by app  <- known-table (all of it, in the primary) <- feed (Redis) <- the server's publisher; snapshot (disk)
 *   pool      the targets it knows, requests in flight, who is passed over      balance, backlog, sticky    what an app wants of that
 *   seats/    room at instances that get so many requests at once, given out to all workers
 *   streams, switches    what stays open and when it is closed; what a deploy cost
 *   bakes     how well releases answer, before a switch and after it
 *   tunnel, frames       upgraded connections
 *   admission/    where each request is admitted or answered before any app is asked: the app's rules, clients' counts, passwords
 *   tls/      certificates of the table, the door for https      edge    what TLS wants answered
 *   fault, error-pages, access-log    what goes wrong, as clients, browsers and `paas logs` see it
 *
 * It needs nobody: with server, Redis and Postgres down it routes by its last table, also after its own restart. It reports which
 * table it routes by and what is in flight; only the planner draws conclusions. If its supervisor dies it goes on.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import pino from "pino";
import { certificateKeyPurpose } from "../core/certificate";
import { dataPaths } from "../core/data-paths";
import { Sensitive } from "../core/env";
import { messageOf } from "../core/error";
import { handedVariable, readHanded } from "../core/handed-sockets";
import { newId } from "../core/id";
import { platformHostname } from "../core/route";
import { emptyRouteTable, type RouteTable, type TableChange } from "../core/route-table";
import { subKey } from "../core/sealed";
import { readSettings, type Settings } from "../core/settings";
import { AccessLog } from "./access-log";
import { adminRoutes } from "./admin-routes";
import { AdminSocket } from "./admin-socket";
import { comeFirst } from "./come-first";
import type { Crew } from "./crew";
import { codeOf } from "./fault";
import { Feed } from "./feed";
import { KnownTable } from "./known-table";
import { defaultWorkers, makeCrew } from "./make-crew";
import { killedPredecessor, writeProcess } from "./predecessor";
import { Snapshot } from "./snapshot";
import { runStandalone } from "./standalone";
import { changeOf } from "./table-change";
import { Certificates } from "./tls/certificates";
import type { WorkerSettings } from "./worker";

const firstTableMs = 1_000;
/** How long a router that is just ending may keep the port. */
const predecessorMs = 5_000;
const log = pino({ base: { role: "router" } });

async function main(): Promise<void> {
  comeFirst();
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? 0, home: homedir() });
  const paths = dataPaths(settings.dataDir);
  const routerId = newId();
  const boot = await bootId();
  const table = new KnownTable();
  const snapshot = new Snapshot(paths.routerTable, boot, table);
  const certificateKey = await readCertificateKey(settings);
  const certificates = new Certificates({ directory: paths.routerCertificates, key: certificateKey, log });

  const crew = makeCrew(workersOf(settings), {
    settings: workerSettings(settings),
    table,
    certificates,
    certificateKey,
    waiting: {
      patienceMs: predecessorMs,
      onHeld: () => log.warn({ port: settings.httpPort }, "the port is still in use; trying on"),
    },
    log: (line) => accessLog.add(line),
    onNews: () => feed.announce(),
    logger: log,
    logTo: 1,
    onDeserted: () => {
      log.fatal({}, "all workers have ended at once: the next router takes over");
      process.exit(1);
    },
  });
  const feed = new Feed({
    routerId,
    redisUrl: async () => settings.redisUrl?.reveal() ?? (await readIfThere(paths.redisUrl)),
    platformId: () => readIfThere(paths.platformId),
    table,
    holds: (next) => holds(next, boot),
    take: async (change) => {
      if (!(await take(change, crew, snapshot))) return false;
      void crew.openHttps();
      await certificates.tidy();
      return true;
    },
    certificates,
    report: () => crew.report(),
    log,
  });
  const accessLog = new AccessLog((lines) => feed.send(lines));
  const admin = new AdminSocket({ path: paths.routerSocket, routes: adminRoutes(crew, table), log });

  await takeSnapshot(crew, certificates, snapshot);
  await crew.start();
  // A first answer by the newest table, if it is to be had at once.
  await Promise.race([feed.start(), delay(firstTableMs)]);
  await crew.openHttp();
  await succeed(paths.routerProcess, { routerId, boot, feed });
  await Promise.race([crew.openHttps(), delay(predecessorMs)]);
  const { version } = await crew.report();
  log.info({ routerId, version, bind: settings.bind, port: settings.httpPort }, "listening");
  await admin.open();
  announceReady();

  const stop = async (signal: string) => {
    log.info({ signal }, "ending");
    admin.close();
    await crew.end();
    await accessLog.flush();
    await feed.stop();
    log.info({}, "ended");
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
}

/** Whether a table's addresses are still those of the containers it means: one that Redis kept through a reboot waits for the server's word. */
function holds(table: RouteTable, boot: string): boolean {
  if (table.bootId === undefined || table.bootId === boot) return true;
  log.info({ version: table.version }, "ignored a table from before the host's reboot");
  return false;
}

/** Routes by a changed table, and keeps it for a restart. */
async function take(change: TableChange, crew: Crew, snapshot: Snapshot): Promise<boolean> {
  if (!(await crew.take(change))) return false;
  try {
    await snapshot.keep(change);
  } catch (error) {
    log.error(
      { reason: messageOf(error) },
      "the table could not be kept on disk; a restart without Redis will lack it",
    );
  }
  log.info({ version: change.version, apps: Object.keys(change.apps).length }, "took a table");
  return true;
}

/**
 * Tells of a predecessor that was killed, so that nobody waits for its lease to run out. Its workers end with it, and those that do not were
 * ended by the supervisor, or the port would not have been free; what this router reports was told before.
 */
async function succeed(
  path: string,
  { routerId, boot, feed }: { routerId: string; boot: string; feed: Feed },
): Promise<void> {
  const killed = await killedPredecessor(path, boot);
  if (killed !== null) await feed.tellEnd(killed);
  await writeProcess(path, routerId, boot).catch((error: unknown) =>
    log.warn({ reason: messageOf(error) }, "a successor will not know of this router"),
  );
}

async function takeSnapshot(crew: Crew, certificates: Certificates, snapshot: Snapshot): Promise<void> {
  const found = await snapshot.read();
  if ("table" in found) {
    const change = changeOf(emptyRouteTable, found.table);
    await certificates.load(change);
    await crew.take(change);
  } else log.info({ reason: found.unusable }, "no table on disk; waiting for one from Redis");
}

/** The key that opens certificates and nothing else; null where the platform has no secret key yet. */
async function readCertificateKey(settings: Settings): Promise<Buffer | null> {
  const text = settings.secretKey?.reveal() ?? (await readIfThere(dataPaths(settings.dataDir).secretKey));
  return text === undefined ? null : subKey(new Sensitive(text), certificateKeyPurpose);
}

const workersOf = (settings: Settings): number => settings.routerWorkers ?? defaultWorkers();

function workerSettings(settings: Settings): WorkerSettings {
  const { bind: host, httpPort, httpsPort, http2Streams, trustedProxies, proxyProtocol } = settings;
  const { domain, dataDir } = settings;
  return {
    host,
    httpPort,
    handed: readHanded(process.env[handedVariable]),
    platform: { hostname: platformHostname(domain), ...apiPlace(settings) },
    trustedProxies,
    proxyProtocol,
    workers: workersOf(settings),
    http2Streams,
    secure: { port: httpsPort, ticketDirectory: dataPaths(dataDir).routerTickets },
  };
}

/** Where the API is: on the same host, at the address it binds to. */
function apiPlace({ bind, apiPort }: Settings): { address: string; port: number } {
  const everywhere = bind === "0.0.0.0" || bind === "::";
  return { address: everywhere ? "127.0.0.1" : bind, port: apiPort };
}

const bootId = async (): Promise<string> =>
  (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim() || undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Tells the supervisor, if there still is one. */
function announceReady(): void {
  if (!process.connected) return;
  process.send?.({ ready: true }, undefined, undefined, (error: Error | null) => {
    if (error) log.warn({ reason: messageOf(error) }, "no supervisor hears that the router is ready");
  });
}

/** `paas router`: without a platform. Its access lines have stdout, so the operator's log goes to stderr. */
async function alone(words: string[]): Promise<void> {
  const ownLog = pino({ base: { role: "router" } }, pino.destination(2));
  const router = await runStandalone(words, { out: process.stdout, log: ownLog, workers: defaultWorkers() });
  const stop = () => void router.end().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.on("SIGHUP", () => {
    router
      .reload()
      .catch((error: unknown) => ownLog.error({ reason: messageOf(error) }, "kept the old table"));
  });
}

const words = process.argv.slice(2);
(words.length > 0 ? alone(words) : main()).catch((error: unknown) => {
  if (words.length > 0) process.stderr.write(` !     ${messageOf(error)}\n`);
  else log.fatal({ reason: messageOf(error) }, "the router cannot start");
  process.exitCode = words.length > 0 ? 2 : 1;
  process.exit();
});
