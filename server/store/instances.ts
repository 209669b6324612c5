import type { OutOfMemory, Place } from "../../core/instance";
import { placeName } from "../../core/instance";
import type { Database } from "./database";
import { writeEvent } from "./events";
import type { Notices } from "./notices";
import { type AppIds, ofApps } from "./of-apps";

/** What the platform remembers of an instance; the engine knows the rest. */
export interface InstanceRow extends Place {
  id: string;
  appId: string;
  releaseId: string;
  version: number;
  specHash: string;
  address: string;
  createdAt: Date;
  readyAt: Date | null;
  leftRotationAt: Date | null;
  /** When it was told to end. */
  endingAt: Date | null;
  crashedAt: Date | null;
  exitCode: number | null;
  /** Why a health check gave it up. */
  unhealthy: string | null;
  /** The memory it was killed for, if it was. */
  oom: OutOfMemory | null;
  /** What it kept on disk when it was stopped for that. */
  overDisk: OverDisk | null;
  /** What it last wrote, kept when it crashed. */
  lastLines: string[];
}

/** More on disk than allowed. */
export interface OverDisk {
  usedMb: number;
  limitMb: number;
}

/** Past crashes of a place with one spec. */
export interface CrashRow extends Place {
  appId: string;
  specHash: string;
  count: number;
  lastAt: Date;
}

/** How an instance ended. */
export type CrashEnd = Pick<InstanceRow, "exitCode" | "oom" | "lastLines">;

export type NewInstance = Pick<
  InstanceRow,
  "id" | "appId" | "type" | "slot" | "releaseId" | "version" | "specHash"
>;

const columns = `id, app_id as "appId", type, slot, release_id as "releaseId", version, spec_hash as "specHash", address,
  created_at as "createdAt", ready_at as "readyAt", left_rotation_at as "leftRotationAt", ending_at as "endingAt", crashed_at as "crashedAt", exit_code as "exitCode",
  unhealthy,
  case when oom_limit_mb is not null
    then jsonb_build_object('peakMb', coalesce(oom_peak_mb, oom_limit_mb), 'limitMb', oom_limit_mb) end as oom,
  over_disk as "overDisk", last_lines as "lastLines"`;

export class Instances {
  readonly #database: Database;
  readonly #notices: Notices;
  constructor(database: Database, notices: Notices) {
    this.#database = database;
    this.#notices = notices;
  }

  /** Those whose container may still exist. */
  present(appId: string): Promise<InstanceRow[]> {
    return this.presentOf([appId]);
  }

  presentOf(appIds: AppIds): Promise<InstanceRow[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<InstanceRow>(
      `select ${columns} from instances where removed_at is null and ${condition} order by created_at`,
      values,
    );
  }

  /** Crashes of the last day by place and spec. A release's first crashes are younger than any rest it could still take. */
  crashes(appId: string): Promise<CrashRow[]> {
    return this.crashesOf([appId]);
  }

  crashesOf(appIds: AppIds): Promise<CrashRow[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<CrashRow>(
      `select app_id as "appId", type, slot, spec_hash as "specHash", count(*)::int as count, max(crashed_at) as "lastAt"
       from instances where crashed_at > now() - interval '1 day' and ${condition} group by 1, 2, 3, 4`,
      values,
    );
  }

  /** The last crash of the last day of each place and spec. */
  lastCrashes(appId: string): Promise<InstanceRow[]> {
    return this.#database.query<InstanceRow>(
      `select distinct on (type, slot, spec_hash) ${columns} from instances
       where app_id = $1 and crashed_at > now() - interval '1 day' order by type, slot, spec_hash, crashed_at desc`,
      [appId],
    );
  }

  /**
   * Writes the row of an instance before its container exists, with the free address that rested longest.
   * `null` when the app's subnet is full.
   */
  async create(instance: NewInstance, addresses: string[]): Promise<InstanceRow | null> {
    const [row] = await this.#database.query<InstanceRow>(
      `with free as (
         select a.address from unnest($8::text[]) with ordinality as a(address, place)
         left join lateral (select max(created_at) as used from instances i where i.app_id = $2 and i.address = a.address) u on true
         where not exists (select 1 from instances i where i.app_id = $2 and i.address = a.address and i.removed_at is null)
         order by u.used nulls first, a.place limit 1)
       insert into instances (id, app_id, type, slot, release_id, version, spec_hash, address)
       select $1, $2, $3, $4, $5, $6, $7, address from free returning ${columns}`,
      [
        instance.id,
        instance.appId,
        instance.type,
        instance.slot,
        instance.releaseId,
        instance.version,
        instance.specHash,
        addresses,
      ],
    );
    return row ?? null;
  }

  async started(instance: InstanceRow): Promise<void> {
    const data = { instance: placeName(instance), instanceId: instance.id, version: instance.version };
    await writeEvent(this.#database, instance.appId, "instance:started", data);
    this.#notices.tell(instance.appId);
  }

  /** Notes that it became ready, once; false when that was known. */
  async ready(instance: InstanceRow, check: string): Promise<boolean> {
    const noted = await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update instances set ready_at = clock_timestamp() where id = $1 and ready_at is null and removed_at is null returning id",
        [instance.id],
      );
      const data = {
        instance: placeName(instance),
        instanceId: instance.id,
        version: instance.version,
        check,
      };
      if (rows.length > 0) await writeEvent(tx, instance.appId, "instance:ready", data);
      return rows.length > 0;
    });
    this.#notices.tell(instance.appId);
    return noted;
  }

  /** Notes once why its health checks gave it up; false when that was known. */
  async giveUp(instance: InstanceRow, reason: string): Promise<boolean> {
    const noted = await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update instances set unhealthy = $2 where id = $1 and unhealthy is null and removed_at is null returning id",
        [instance.id, reason],
      );
      const data = { instance: placeName(instance), instanceId: instance.id, version: instance.version };
      if (rows.length > 0) await writeEvent(tx, instance.appId, "instance:unhealthy", { ...data, reason });
      return rows.length > 0;
    });
    this.#notices.tell(instance.appId);
    return noted;
  }

  /** Notes once that it is stopped for what it keeps on disk; false when that was known. */
  async overDisk(instance: InstanceRow, over: OverDisk): Promise<boolean> {
    const noted = await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update instances set over_disk = $2 where id = $1 and over_disk is null and removed_at is null returning id",
        [instance.id, over],
      );
      const data = { instance: placeName(instance), instanceId: instance.id, version: instance.version };
      if (rows.length > 0) await writeEvent(tx, instance.appId, "instance:disk", { ...data, ...over });
      return rows.length > 0;
    });
    this.#notices.tell(instance.appId);
    return noted;
  }

  /** Notes that it is being told to end. From now on it does no job, whoever looks. */
  async ending(instance: InstanceRow): Promise<void> {
    await this.#database.query(
      "update instances set ending_at = clock_timestamp() where id = $1 and ending_at is null",
      [instance.id],
    );
  }

  /** Notes a crash once, with the last it wrote. */
  async crashed(instance: InstanceRow, end: CrashEnd): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        `update instances set crashed_at = clock_timestamp(), exit_code = $2, oom_limit_mb = $3, oom_peak_mb = $4, last_lines = $5
         where id = $1 and crashed_at is null returning id`,
        [instance.id, end.exitCode, end.oom?.limitMb, end.oom?.peakMb, end.lastLines],
      );
      if (rows.length === 0) return;
      const data = { instance: placeName(instance), instanceId: instance.id, version: instance.version };
      if (end.oom) await writeEvent(tx, instance.appId, "instance:oom", { ...data, ...end.oom });
      await writeEvent(tx, instance.appId, "instance:crashed", { ...data, exitCode: end.exitCode });
    });
    this.#notices.tell(instance.appId);
  }

  /** Its container is gone and its address free. */
  async removed(instance: InstanceRow): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update instances set removed_at = clock_timestamp() where id = $1 and removed_at is null returning id",
        [instance.id],
      );
      const data = { instance: placeName(instance), instanceId: instance.id, version: instance.version };
      if (rows.length > 0) await writeEvent(tx, instance.appId, "instance:stopped", data);
    });
    this.#notices.tell(instance.appId);
  }
}
