import { wildcardOf } from "../core/hostname";
import { type AppRoute, emptyRouteTable, type RouteTable } from "../core/route";
import { Rules } from "./admission/rules";
import type { Backlog, Backlogs } from "./backlog";
import type { Bakes } from "./bakes";
import { type Balance, balanceOf, roomIn } from "./balance";
import type { FaultName } from "./fault";
import { hostnameOf } from "./host-header";
import type { Pool } from "./pool";
import type { Switches } from "./switches";
import { changeOf } from "./table-change";
import type { TargetState } from "./target";

/** Where a request goes. */
export type Destination =
  | ({ kind: "app"; appId: string; targets: readonly TargetState[]; balance: Balance } & Wishes)
  /** Its instances will be there in a moment. */
  | ({ kind: "held"; appId: string; backlog: Backlog } & Wishes)
  | { kind: "platform"; targets: readonly TargetState[]; tls: AppTls | undefined }
  | ({ kind: "nowhere"; appId: string | null; fault: FaultName } & Wishes);

/** What an app wants of the requests to it. */
interface Wishes {
  tls?: AppTls | undefined;
  http?: Rules | undefined;
}

/** What an app, or the platform's own host, wants of TLS. */
export type AppTls = NonNullable<AppRoute["tls"]>;

export interface TableOptions {
  pool: Pool;
  switches: Switches;
  bakes: Bakes;
  /** The platform's own hostname, and the API behind it; undefined where there is no platform. */
  platformHost: string | undefined;
  platform: TargetState | undefined;
  backlogs: Backlogs;
  /** How many processes route by this table. */
  workers: number;
}

/** An app of a table. */
interface Routed {
  app: AppRoute;
  targets: readonly TargetState[];
  pages: RouteTable["pages"];
}

/** The host that stands for every other, in the table of a router of its own. */
const everyOther = "*";
const mostAsked = 50_000;

/** The table this router routes by. A new one takes the old one's place at once and as a whole. */
export class Table {
  readonly #options: TableOptions;
  #toPlatform: Destination;
  #table: RouteTable = emptyRouteTable;
  /** Hostname, or wildcard, -> app id. */
  readonly #hosts = new Map<string, string>();
  readonly #byApp = new Map<string, Destination>();
  /** Destinations by the Host headers that asked for them, as they are spelled. */
  readonly #asked = new Map<string, Destination>();

  constructor(options: TableOptions) {
    this.#options = options;
    this.#toPlatform = this.#platformBy(undefined);
  }

  /** 0 while there is none yet. */
  get version(): number {
    return this.#table.version;
  }

  /** Takes a newer table; false for one that is not newer. Only what it changes is made anew. */
  take(table: RouteTable): boolean {
    if (table.version <= this.#table.version) return false;
    const { apps, goneApps, hosts, goneHosts } = changeOf(this.#table, table);
    const { pool, switches, bakes, backlogs } = this.#options;
    const states = pool.take(apps, goneApps);
    switches.take(apps, goneApps);
    bakes.take(apps, goneApps);
    for (const appId of goneApps) this.#byApp.delete(appId);
    for (const [appId, app] of Object.entries(apps)) {
      const targets = app.targets.flatMap((target) => states.get(target) ?? []);
      this.#byApp.set(appId, this.#destinationOf(appId, { app, targets, pages: table.pages }));
    }
    for (const host of goneHosts) this.#hosts.delete(host.toLowerCase());
    for (const [host, appId] of Object.entries(hosts)) this.#hosts.set(host.toLowerCase(), appId);
    this.#toPlatform = this.#platformBy(table.platform?.tls);
    this.#asked.clear();
    this.#table = table;
    // Only now, when all of it holds: requests that waited go by it.
    backlogs.wake((appId) => backlogOf(this.#byApp.get(appId)));
    return true;
  }

  /** Looks a Host header up: port stripped, case folded; the name itself before a wildcard that stands for it. */
  resolve(hostHeader: string | undefined): Destination {
    const known = this.#asked.get(hostHeader ?? "");
    if (known !== undefined) return known;
    const found = this.#lookUp(hostnameOf(hostHeader ?? ""));
    // Only what leads somewhere is remembered, and not without end: clients choose the spelling.
    if (found.kind !== "nowhere" && this.#asked.size < mostAsked) this.#asked.set(hostHeader ?? "", found);
    return found;
  }

  #destinationOf(appId: string, { app, targets, pages }: Routed): Destination {
    const { backlogs, workers } = this.#options;
    const wishes = { tls: app.tls, http: app.http && new Rules(app.http, pages) };
    if (app.mode === "maintenance") return { kind: "nowhere", appId, fault: "maintenance", ...wishes };
    if (app.mode === "none") return { kind: "nowhere", appId, fault: "noWeb", ...wishes };
    if (app.mode === "hold")
      return { kind: "held", appId, backlog: backlogs.of(appId, roomIn(app.http ?? {}, workers)), ...wishes };
    if (targets.length === 0) return { kind: "nowhere", appId, fault: "crashed", ...wishes };
    const balance = balanceOf(app.http, (most) => backlogs.of(appId, most));
    return { kind: "app", appId, targets, balance, ...wishes };
  }

  #platformBy(tls: AppTls | undefined): Destination {
    const { platform } = this.#options;
    return { kind: "platform", targets: platform ? [platform] : [], tls };
  }

  #lookUp(host: string): Destination {
    if (host === this.#options.platformHost) return this.#toPlatform;
    const appId =
      this.#hosts.get(host) ?? this.#hosts.get(wildcardOf(host) ?? "") ?? this.#hosts.get(everyOther);
    if (appId !== undefined) return this.#byApp.get(appId) ?? lost(appId);
    return { kind: "nowhere", appId: null, fault: this.version === 0 ? "platform" : "unknownHost" };
  }
}

function backlogOf(destination: Destination | undefined): Backlog | undefined {
  if (destination?.kind === "held") return destination.backlog;
  return destination?.kind === "app" ? destination.balance.backlog : undefined;
}

/** A host whose app the table does not hold: nothing a client could mend. */
const lost = (appId: string): Destination => ({ kind: "nowhere", appId, fault: "platform" });
