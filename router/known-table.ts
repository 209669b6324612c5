import type { AppRoute } from "../core/route";
import { emptyRouteTable, type PlatformParts, type RouteTable, type TableChange } from "../core/route-table";
import { changeOf } from "./table-change";

/**
 * The newest table that this router has taken, in one piece: for workers that begin, for the disk, and to see what another table changes.
 * INVARIANT: a change is taken on top of the version that it is from, or not at all.
 */
export class KnownTable {
  readonly #apps: Record<string, AppRoute> = {};
  #version = emptyRouteTable.version;
  #parts: PlatformParts = {};

  /** 0 while there is none yet. */
  get version(): number {
    return this.#version;
  }

  /** All of it; as it is now, so not to be kept. */
  get whole(): RouteTable {
    return { ...this.#parts, version: this.#version, apps: this.#apps };
  }

  /** The same as a change, for who knows none. */
  get asChange(): TableChange {
    return { ...this.whole, from: emptyRouteTable.version, apps: { ...this.#apps } };
  }

  /** What a table changes in this one; null when it is not newer. */
  changeTo(table: RouteTable): TableChange | null {
    return table.version > this.#version ? changeOf(this.whole, table) : null;
  }

  /** Takes a change; false for one that is of another version than this. */
  take({ from, version, apps, ...parts }: TableChange): boolean {
    if (from !== this.#version) return false;
    for (const [id, app] of Object.entries(apps))
      if (app === null) delete this.#apps[id];
      else this.#apps[id] = app;
    this.#parts = { ...this.#parts, ...parts };
    this.#version = version;
    return true;
  }
}
