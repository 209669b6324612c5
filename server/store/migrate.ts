import { PaasError } from "../../core/error";
import type { Database } from "./database";
import { firstLight } from "./migrations/0001-first-light";
import { releasePhase } from "./migrations/0002-release-phase";
import { health } from "./migrations/0003-health";
import { oneOffs } from "./migrations/0004-one-offs";
import { drain } from "./migrations/0005-drain";
import { bake } from "./migrations/0006-bake";
import { cronAndPeaks } from "./migrations/0007-cron-and-peaks";
import { diskLimit } from "./migrations/0008-disk-limit";
import { buildConfig } from "./migrations/0009-build-config";
import { receipts } from "./migrations/0010-receipts";
import { buildSettings } from "./migrations/0011-build-settings";
import { certificates } from "./migrations/0012-certificates";
import { ending } from "./migrations/0013-ending";
import { uploads } from "./migrations/0015-uploads";
import { http } from "./migrations/0017-http";
import { acmeRecords } from "./migrations/0019-acme-records";
import { platformTls } from "./migrations/0020-platform-tls";

/** Forward-only, by number; a migration that has landed is never changed. */
const migrations: [number: number, sql: string][] = [
  [1, firstLight],
  [2, releasePhase],
  [3, health],
  [4, oneOffs],
  [5, drain],
  [6, bake],
  [7, cronAndPeaks],
  [8, diskLimit],
  [9, buildConfig],
  [10, receipts],
  [11, buildSettings],
  [12, certificates],
  [13, ending],
  [15, uploads],
  [17, http],
  [19, acmeRecords],
  [20, platformTls],
];
const lockKey = 0x7061_6173;

/** Brings the schema to this software's version, one process at a time; throws `conflict` when the database is of a newer software. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
    await tx.query(
      "create table if not exists migrations (number integer primary key, at timestamptz not null default now())",
    );
    const applied = new Set(
      (await tx.query<{ number: number }>("select number from migrations")).map((row) => row.number),
    );
    const known = new Set(migrations.map(([number]) => number));
    const foreign = [...applied].filter((number) => !known.has(number));
    if (foreign.length > 0)
      throw new PaasError(
        "conflict",
        `The database is at schema ${Math.max(...foreign)}, which this paas does not know: run the newer paas that wrote it.`,
      );
    for (const [number, sql] of migrations) {
      if (applied.has(number)) continue;
      await tx.query(sql);
      await tx.query("insert into migrations (number) values ($1)", [number]);
    }
  });
}
