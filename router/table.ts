import { wildcardOf } from "../core/hostname";
import type { AppRoute } from "../core/route";
import { emptyRouteTable, type TableChange } from "../core/route-table";
import { Rules } from "./admission/rules";
import type { Backlog, Backlogs } from "./backlog";
import type { Bakes } from "./bakes";
import { type Balance, balanceOf, roomIn } from "./balance";
import type { FaultName } from "./fault";
import { hostnameOf } from "./host-header";
import type { Pool } from "./pool";
import type { Switches } from "./switches";
import type { TargetState } from "./target";

/** Where a request goes. */
export type Destination =
  | ({ kind: "app"; appId: string; targets: readonly TargetState[]; balance: Balance } & Wishes)
  /** Its instances will be there in a moment. */
  | ({ kind: "held"; appId: string; backlog: Backlog; holdMs: number } & Wishes)
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

/** An app of the table. It stays the same one while its route changes, so that whoever found it need not look again. */
interface Routed {
  hosts: readonly string[];
  destination: Destination;
}

/** The host that stands for every other, in the table of a router of its own. */
const everyOther = "*";
const mostAsked = 50_000;
const defaultHoldMs = 30_000;
/** Where requests go whose host no app has, and all of them while there is no table. */
const unknown: Destination = { kind: "nowhere", appId: null, fault: "unknownHost" };
const tooEarly: Destination = { kind: "nowhere", appId: null, fault: "platform" };

/** The table this router routes by. What changes in it takes the old one's place at once. */
export class Table {
  readonly #options: TableOptions;
  readonly #toPlatform: Pick<Routed, "destination">;
  #version = emptyRouteTable.version;
  readonly #apps = new Map<string, Routed>();
  /** By hostname, or wildcard. */
  readonly #hosts = new Map<string, Routed>();
  /** By the Host headers that asked for them, as they are spelled. */
  readonly #asked = new Map<string, Pick<Routed, "destination">>();

  constructor(options: TableOptions) {
    this.#options = options;
    this.#toPlatform = { destination: this.#platformBy(undefined) };
  }

  /** 0 while there is none yet. */
  get version(): number {
    return this.#version;
  }

  /** Takes a change, which costs as much as the apps that it names; false for one that is of another version than this. */
  take({ from, version, apps, platform }: TableChange): boolean {
    if (from !== this.#version) return false;
    if (version === from) return true;
    const { pool, switches, bakes, backlogs } = this.#options;
    const states = pool.take(apps);
    switches.take(apps);
    bakes.take(apps);
    for (const [appId, app] of Object.entries(apps)) {
      const routed = this.#apps.get(appId) ?? { hosts: [], destination: unknown };
      if (app) {
        const targets = app.targets.flatMap((target) => states.get(target) ?? []);
        routed.destination = this.#destinationOf(appId, app, targets);
        this.#apps.set(appId, routed);
      } else this.#apps.delete(appId);
      this.#lead(app?.hosts ?? [], routed);
    }
    if (platform) this.#toPlatform.destination = this.#platformBy(platform.tls);
    this.#version = version;
    // Only now, when all of it holds: requests that waited go by it.
    backlogs.wake(Object.keys(apps), (appId) => backlogOf(this.#apps.get(appId)?.destination));
    return true;
  }

  /** Looks a Host header up: port stripped, case folded; the name itself before a wildcard that stands for it. */
  resolve(hostHeader: string | undefined): Destination {
    const known = this.#asked.get(hostHeader ?? "");
    if (known !== undefined) return known.destination;
    const found = this.#lookUp(hostnameOf(hostHeader ?? ""));
    if (found === undefined) return this.#version === 0 ? tooEarly : unknown;
    // Only what leads somewhere is remembered, and not without end: clients choose the spelling.
    if (this.#asked.size < mostAsked) this.#asked.set(hostHeader ?? "", found);
    return found.destination;
  }

  /** Has hosts, and no others, lead to an app. */
  #lead(names: readonly string[], routed: Routed): void {
    const hosts = names.map((name) => name.toLowerCase());
    if (hosts.join(" ") === routed.hosts.join(" ")) return;
    // A host may have become another app's meanwhile.
    for (const host of routed.hosts) if (this.#hosts.get(host) === routed) this.#hosts.delete(host);
    for (const host of hosts) this.#hosts.set(host, routed);
    routed.hosts = hosts;
    this.#asked.clear();
  }

  #destinationOf(appId: string, app: AppRoute, targets: readonly TargetState[]): Destination {
    const { backlogs, workers } = this.#options;
    const wishes = { tls: app.tls, http: app.http && new Rules(app.http, app.pages) };
    if (app.mode === "maintenance") return { kind: "nowhere", appId, fault: "maintenance", ...wishes };
    if (app.mode === "none") return { kind: "nowhere", appId, fault: "noWeb", ...wishes };
    if (app.mode === "hold") {
      const { holdMs = defaultHoldMs } = app.http ?? {};
      const backlog = backlogs.of(appId, holdMs === 0 ? 0 : roomIn(app.http ?? {}, workers));
      return { kind: "held", appId, backlog, holdMs, ...wishes };
    }
    if (targets.length === 0) return { kind: "nowhere", appId, fault: "crashed", ...wishes };
    const balance = balanceOf(app.http, (most) => backlogs.of(appId, most));
    return { kind: "app", appId, targets, balance, ...wishes };
  }

  #platformBy(tls: AppTls | undefined): Destination {
    const { platform } = this.#options;
    return { kind: "platform", targets: platform ? [platform] : [], tls };
  }

  #lookUp(host: string): Pick<Routed, "destination"> | undefined {
    if (host === this.#options.platformHost) return this.#toPlatform;
    return this.#hosts.get(host) ?? this.#hosts.get(wildcardOf(host) ?? "") ?? this.#hosts.get(everyOther);
  }
}

function backlogOf(destination: Destination | undefined): Backlog | undefined {
  if (destination?.kind === "held") return destination.backlog;
  return destination?.kind === "app" ? destination.balance.backlog : undefined;
}
