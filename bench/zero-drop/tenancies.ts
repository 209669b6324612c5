import { readFile } from "node:fs/promises";
import { dataPaths } from "../../core/data-paths";
import { openDatabase } from "../../server/store/database";
import type { BenchPlatform } from "../platform";
import type { Tenancy } from "./drains";

interface Row {
  address: string;
  createdAt: Date;
  leftRotationAt: Date | null;
  removedAt: Date | null;
}

/** Who had which address when, by the platform's ledger. */
export async function tenanciesOf({ dataDir }: BenchPlatform): Promise<Tenancy[]> {
  const url = (await readFile(dataPaths(dataDir).databaseUrl, "utf8")).trim();
  const database = openDatabase(url, (error) => process.emitWarning(error.message));
  try {
    const rows = await database.query<Row>(
      `select address, created_at as "createdAt", left_rotation_at as "leftRotationAt", removed_at as "removedAt" from instances`,
    );
    return rows.map(({ address, createdAt, leftRotationAt, removedAt }) => ({
      address,
      createdAt: createdAt.getTime(),
      leftRotationAt: leftRotationAt?.getTime() ?? null,
      removedAt: removedAt?.getTime() ?? null,
    }));
  } finally {
    await database.close();
  }
}
