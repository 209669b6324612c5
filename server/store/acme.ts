import type { CertificateFacts, CertificatePair } from "../../core/certificate";
import type { Sensitive } from "../../core/env";
import type { Certificates } from "./certificates";
import type { Cipher } from "./cipher";
import type { Database, Sql } from "./database";

/** What is to be got for one hostname, or was got and is to be renewed. */
export interface AcmeOrder {
  hostname: string;
  /** null: the platform's. */
  appId: string | null;
  /** Of an order under way at the authority. */
  url: string | null;
  /** In a row, without success between. */
  failures: number;
  /** Why it failed, or what it waits for; null: nothing. */
  problem: string | null;
  triedAt: Date | null;
  /** When it is tried next. */
  nextAt: Date;
}

const columns = `hostname, app_id as "appId", url, failures, problem, tried_at as "triedAt", next_at as "nextAt"`;
const keyPurpose = "acme";

/** The account's key, and the orders. */
export class Acme {
  readonly #database: Database;
  readonly #cipher: Cipher;
  readonly #certificates: Certificates;
  constructor(database: Database, cipher: Cipher, certificates: Certificates) {
    this.#database = database;
    this.#cipher = cipher;
    this.#certificates = certificates;
  }

  /** Keeps a new account key, unless there is one. */
  async ensureKey(pem: Sensitive<string>, thumbprint: string): Promise<void> {
    await this.#database.query(
      "insert into acme_key (sealed, thumbprint) values ($1, $2) on conflict do nothing",
      [this.#cipher.sealFor(keyPurpose, pem, "account"), thumbprint],
    );
  }

  /** The account's key, PEM; null when there is none yet. */
  async key(): Promise<Sensitive<string> | null> {
    const [row] = await this.#database.query<{ sealed: Buffer }>("select sealed from acme_key");
    return row ? this.#cipher.openFor(keyPurpose, row.sealed, "account") : null;
  }

  /** The account's URL at an authority; null when there is none yet. */
  async account(directory: string): Promise<string | null> {
    const sql = "select url from acme_accounts where directory = $1";
    const [row] = await this.#database.query<{ url: string }>(sql, [directory]);
    return row?.url ?? null;
  }

  async keepAccount(directory: string, url: string): Promise<void> {
    await this.#database.query(
      "insert into acme_accounts (directory, url) values ($1, $2) on conflict (directory) do update set url = $2",
      [directory, url],
    );
  }

  /** Every one; by hostname. */
  orders(): Promise<AcmeOrder[]> {
    return this.#database.query<AcmeOrder>(`select ${columns} from acme_orders order by hostname`);
  }

  /** Of an app, or of the platform (null); by hostname. */
  ordersOf(appId: string | null): Promise<AcmeOrder[]> {
    return this.#database.query<AcmeOrder>(
      `select ${columns} from acme_orders where app_id is not distinct from $1 order by hostname`,
      [appId],
    );
  }

  /** Makes the orders be those of the hostnames, and no others; those that stay keep their state. */
  async want(hosts: readonly { hostname: string; appId: string | null }[]): Promise<void> {
    const values = [hosts.map(({ hostname }) => hostname), hosts.map(({ appId }) => appId)];
    await this.#database.transaction(async (tx) => {
      await tx.query(
        `delete from acme_orders o where not exists
           (select from unnest($1::text[], $2::text[]) as w (hostname, app_id) where w.hostname = o.hostname and w.app_id is not distinct from o.app_id)`,
        values,
      );
      await tx.query(
        `insert into acme_orders (hostname, app_id) select w.hostname, w.app_id from unnest($1::text[], $2::text[]) as w (hostname, app_id)
         left join apps a on a.id = w.app_id where w.app_id is null or a.id is not null on conflict do nothing`,
        values,
      );
    });
  }

  /** Tries what failed of an app, or of the platform (null), at once. */
  async hurry(appId: string | null): Promise<void> {
    await this.#database.query(
      "update acme_orders set next_at = clock_timestamp() where app_id is not distinct from $1 and problem is not null",
      [appId],
    );
  }

  /** Keeps an order under way with the key that its certificate is to have; null forgets it. */
  async keepOrder(hostname: string, order: { url: string; key: Sensitive<string> } | null): Promise<void> {
    await this.#database.query("update acme_orders set url = $2, sealed_key = $3 where hostname = $1", [
      hostname,
      order?.url ?? null,
      order ? this.#cipher.sealFor(keyPurpose, order.key, hostname) : null,
    ]);
  }

  /** The key of the order under way. */
  async orderKey(hostname: string): Promise<Sensitive<string> | null> {
    const [row] = await this.#database.query<{ sealed: Buffer | null }>(
      "select sealed_key as sealed from acme_orders where hostname = $1",
      [hostname],
    );
    return row?.sealed ? this.#cipher.openFor(keyPurpose, row.sealed, hostname) : null;
  }

  /** Notes that it did not succeed, and how often in a row the authority has refused it. */
  async failed(hostname: string, problem: string, nextAt: Date, failures: number): Promise<void> {
    await this.#database.query(
      `update acme_orders set problem = $2, next_at = $3, failures = $4, tried_at = clock_timestamp() where hostname = $1`,
      [hostname, problem, nextAt, failures],
    );
  }

  /** Takes what was got in the place of the one before, and ends the order; all or nothing. */
  async succeeded(
    { hostname, appId }: AcmeOrder,
    got: { pair: Sensitive<CertificatePair>; facts: CertificateFacts },
    renewAt: Date,
  ): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await removeEarlier(tx, appId, hostname);
      await this.#certificates.addWithin(tx, { appId, own: false, ...got }, "paas");
      await tx.query(
        `update acme_orders set url = null, sealed_key = null, problem = null, failures = 0, tried_at = clock_timestamp(), next_at = $2
         where hostname = $1`,
        [hostname, renewAt],
      );
    });
  }
}

const removeEarlier = (tx: Sql, appId: string | null, hostname: string): Promise<unknown> =>
  tx.query(
    "delete from certificates where app_id is not distinct from $1 and not own and hostnames = array[$2]",
    [appId, hostname],
  );
