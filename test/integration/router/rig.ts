import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Redis from "ioredis";
import { dataPaths } from "../../../core/data-paths";
import { type HandedSockets, handedVariable, handOver } from "../../../core/handed-sockets";
import { newId } from "../../../core/id";
import { type Keys, keysFor } from "../../../core/keys";
import { redisOptions, redisSocketUrl } from "../../../core/redis-url";
import { type RouterReport, routerReportSchema } from "../../../core/route";
import { emptyRouteTable, type RouteTable, type TableChange } from "../../../core/route-table";
import { fieldOf, storedTable, versionField } from "../../../core/stored-table";
import { KnownTable } from "../../../router/known-table";
import { Snapshot } from "../../../router/snapshot";
import { changeOf } from "../../../router/table-change";

const mainPath = resolve(__dirname, "../../../dist/router/main.js");
const password = "pass:word/?&";

/** A data directory with real `redis-server` and router processes around it; `close` ends all of it. */
export class RouterRig {
  readonly dataDir: string;
  readonly platformId = newId(8);
  readonly keys: Keys = keysFor(this.platformId);
  readonly paths: ReturnType<typeof dataPaths>;
  readonly httpPort: number;
  readonly #processes = new Set<ChildProcess>();
  readonly #clients = new Set<Redis>();

  private constructor(dataDir: string, httpPort: number) {
    this.dataDir = dataDir;
    this.httpPort = httpPort;
    this.paths = dataPaths(dataDir);
  }

  static async make(): Promise<RouterRig> {
    if (!existsSync(mainPath)) throw new Error("build first: npx tsc -b router");
    const rig = new RouterRig(await mkdtemp(join(tmpdir(), "paas-router-")), await freePort());
    await mkdir(rig.paths.run, { recursive: true });
    await writeFile(rig.paths.platformId, `${rig.platformId}\n`);
    return rig;
  }

  /** Starts a router, with as many workers as it likes or as are said, on sockets of ours if any; resolves when it says that it is ready. */
  async router(workers?: number, held: HandedSockets = {}): Promise<ChildProcess> {
    const { descriptors, text } = handOver(held);
    const env = {
      PATH: process.env.PATH,
      PAAS_DATA_DIR: this.dataDir,
      PAAS_HTTP_PORT: String(this.httpPort),
      [handedVariable]: text,
      PAAS_API_PORT: String(this.httpPort === 1024 ? 1025 : 1024),
      ...(workers === undefined ? {} : { PAAS_ROUTER_WORKERS: String(workers) }),
    };
    const child = spawn(process.execPath, [mainPath], {
      env,
      stdio: ["ignore", "pipe", "inherit", ...descriptors, "ipc"],
    });
    this.#processes.add(child);
    child.stdout?.resume();
    const [message] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => ["exited"]),
    ]);
    expect(message).toEqual({ ready: true });
    return child;
  }

  /** Starts a Redis of its own on a Unix socket, and writes its URL where the router looks. */
  async redis(name: string): Promise<{ server: ChildProcess; client: Redis }> {
    const socket = join(this.dataDir, `${name}.sock`);
    const config = join(this.dataDir, `${name}.conf`);
    await writeFile(
      config,
      `port 0\nunixsocket ${socket}\nrequirepass "${password}"\nsave ""\ndir ${this.dataDir}\n`,
    );
    const server = spawn("redis-server", [config], { stdio: ["ignore", "pipe", "inherit"] });
    this.#processes.add(server);
    for await (const chunk of server.stdout ?? []) if (String(chunk).includes("eady to accept")) break;
    const url = redisSocketUrl(socket, password);
    const client = new Redis({ ...redisOptions(url), retryStrategy: () => null });
    client.on("error", () => undefined);
    this.#clients.add(client);
    const next = `${this.paths.redisUrl}.next`;
    await writeFile(next, `${url}\n`, { mode: 0o600 });
    await rename(next, this.paths.redisUrl);
    return { server, client };
  }

  /** Resolves with the first report that matches, of those sent from now on. */
  async report(client: Redis, matches: (report: RouterReport) => boolean): Promise<RouterReport> {
    const ears = client.duplicate();
    this.#clients.add(ears);
    ears.on("error", () => undefined);
    const found = new Promise<RouterReport>((settle) => {
      ears.on("message", (_, text) => {
        const report = routerReportSchema.safeParse(JSON.parse(text)).data;
        if (report && matches(report)) settle(report);
      });
    });
    await ears.subscribe(this.keys.routerReports);
    return found.finally(() => goodbye(ears));
  }

  async publish(client: Redis, table: RouteTable): Promise<void> {
    await client
      .multi()
      .del(this.keys.routeTable)
      .hset(this.keys.routeTable, storedTable(table))
      .publish(this.keys.routeTableChanged, JSON.stringify({ from: null, version: table.version }))
      .exec();
  }

  /** Writes a change of apps, and tells it unless it is to be `missed`. */
  async change(client: Redis, change: TableChange, missed = false): Promise<void> {
    const batch = client.multi().hset(this.keys.routeTable, versionField, change.version);
    for (const [id, app] of Object.entries(change.apps))
      if (app === null) batch.hdel(this.keys.routeTable, fieldOf(id));
      else batch.hset(this.keys.routeTable, fieldOf(id), JSON.stringify(app));
    if (!missed) batch.publish(this.keys.routeTableChanged, JSON.stringify(change));
    await batch.exec();
  }

  /** Writes a snapshot as a router of this boot, or of another one, would have left it. */
  async leaveSnapshot(table: RouteTable, bootId?: string): Promise<void> {
    const known = new KnownTable();
    const change = changeOf(emptyRouteTable, table);
    known.take(change);
    await new Snapshot(this.paths.routerTable, bootId ?? (await presentBoot()), known).keep(change);
  }

  async snapshot(): Promise<RouteTable> {
    const found = await new Snapshot(this.paths.routerTable, await presentBoot(), new KnownTable()).read();
    if ("table" in found) return found.table;
    throw new Error(found.unusable);
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    this.#processes.delete(child);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await goodbye(client);
    for (const child of this.#processes) await this.end(child, "SIGKILL");
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** The id of the host's boot. */
export const presentBoot = async (): Promise<string> =>
  (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

/** One app `shop` at `shop.localhost`. */
export function shopTable(version: number, ...targets: [instanceId: string, port: number][]): RouteTable {
  return {
    version,
    apps: {
      a1: {
        name: "shop",
        hosts: ["shop.localhost"],
        mode: "serve",
        targets: targets.map(([instanceId, port]) => ({
          instanceId,
          name: `web.${instanceId}`,
          node: "n1",
          address: "127.0.0.1",
          port,
        })),
      },
    },
  };
}

async function goodbye(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const ended = once(client, "end");
  client.disconnect();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
