import { defaultTlsPolicy, type TlsPolicy, tlsWords } from "../../core/tls-policy";
import type { Database } from "./database";
import { writeEvent } from "./events";

const lockKey = 0x7061_6175;

/** What the platform's own host wants of TLS. */
export class PlatformTls {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<TlsPolicy> {
    const [row] = await this.#database.query<{ tls: TlsPolicy }>("select tls from platform_tls");
    return row?.tls ?? defaultTlsPolicy;
  }

  change(
    actor: string,
    change: (policy: TlsPolicy) => TlsPolicy,
  ): Promise<{ tls: TlsPolicy; previous: TlsPolicy }> {
    return this.#database.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
      const [row] = await tx.query<{ tls: TlsPolicy }>("select tls from platform_tls");
      const previous = row?.tls ?? defaultTlsPolicy;
      const tls = change(previous);
      await tx.query("insert into platform_tls (tls) values ($1) on conflict (one) do update set tls = $1", [
        tls,
      ]);
      await writeEvent(tx, "", "tls:changed", { ...tls, hsts: tlsWords(tls).hsts }, actor);
      return { tls, previous };
    });
  }
}
