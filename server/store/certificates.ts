import { type CertificateFacts, type CertificatePair, certificateKeyPurpose } from "../../core/certificate";
import { Sensitive } from "../../core/env";
import { conflict } from "../../core/error";
import { newId } from "../../core/id";
import type { Cipher } from "./cipher";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";

export interface Certificate extends CertificateFacts {
  id: string;
  /** null: the platform's, for every host without one of its own. */
  appId: string | null;
  /** Added by people, not got by ACME. */
  own: boolean;
  createdAt: Date;
}

export interface NewCertificate {
  appId: string | null;
  own: boolean;
  pair: Sensitive<CertificatePair>;
  facts: CertificateFacts;
}

const columns = `id, app_id as "appId", own, hostnames, issuer, not_before as "notBefore", not_after as "notAfter", fingerprint,
  key_type as "keyType", trusted, created_at as "createdAt"`;
/** Of one app, added by people. */
const maxOwn = 100;

/** Certificates with their keys. A pair is sealed when it comes in, and only routers open it: what lies here goes to them as it is. */
export class Certificates {
  readonly #database: Database;
  readonly #cipher: Cipher;
  constructor(database: Database, cipher: Cipher) {
    this.#database = database;
    this.#cipher = cipher;
  }

  /** Of an app, or of the platform (null); the one that ends first comes first. */
  list(appId: string | null): Promise<Certificate[]> {
    return this.#database.query<Certificate>(
      `select ${columns} from certificates where app_id is not distinct from $1 order by not_after, id`,
      [appId],
    );
  }

  /** Those of every app and of the platform. */
  all(): Promise<Certificate[]> {
    return this.#database.query<Certificate>(`select ${columns} from certificates order by not_after, id`);
  }

  async find(appId: string | null, id: string): Promise<Certificate | null> {
    return (await this.list(appId)).find((certificate) => certificate.id === id) ?? null;
  }

  /** Throws `conflict` when it is there already, or when there are too many. */
  add(certificate: NewCertificate, actor: string): Promise<Certificate> {
    return this.#database.transaction((tx) => this.addWithin(tx, certificate, actor));
  }

  /** `add`, as part of the caller's transaction. */
  async addWithin(tx: Sql, { appId, own, pair, facts }: NewCertificate, actor: string): Promise<Certificate> {
    const present = await tx.query<{ id: string; fingerprint: string }>(
      "select id, fingerprint from certificates where app_id is not distinct from $1",
      [appId],
    );
    const same = present.find(({ fingerprint }) => fingerprint === facts.fingerprint);
    if (same) throw conflict(`That certificate is there already: see paas certs:info ${same.id}.`);
    if (own && present.length >= maxOwn)
      throw conflict(`There are ${present.length} certificates already: remove old ones (paas certs).`);
    const id = newId(8);
    const sealed = this.#cipher.sealFor(
      certificateKeyPurpose,
      new Sensitive(JSON.stringify(pair.reveal())),
      id,
    );
    const { hostnames, issuer, notBefore, notAfter, fingerprint, keyType, trusted } = facts;
    const [added] = await tx.query<Certificate>(
      `insert into certificates (id, app_id, own, hostnames, issuer, not_before, not_after, fingerprint, key_type, trusted, sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${columns}`,
      [id, appId, own, hostnames, issuer, notBefore, notAfter, fingerprint, keyType, trusted, sealed],
    );
    if (!added) throw new Error("insert returned no row");
    await writeEvent(tx, appId ?? "", "certificate:added", { certificate: id, hostnames, own }, actor);
    return added;
  }

  /** Whose certificates stand for which names and have not expired: those of the apps, and of the platform. */
  valid(appIds: readonly string[]): Promise<Pick<Certificate, "appId" | "hostnames">[]> {
    return this.#database.query(
      `select app_id as "appId", hostnames from certificates where (app_id = any($1) or app_id is null) and not_after > now()`,
      [appIds],
    );
  }

  /** False when there is none. */
  remove(appId: string | null, id: string, actor: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const [gone] = await tx.query<{ hostnames: string[] }>(
        "delete from certificates where app_id is not distinct from $1 and id = $2 returning hostnames",
        [appId, id],
      );
      if (gone)
        await writeEvent(
          tx,
          appId ?? "",
          "certificate:removed",
          { certificate: id, hostnames: gone.hostnames },
          actor,
        );
      return gone !== undefined;
    });
  }

  /** Removes automatic ones that have expired; nobody can use them. */
  async removeEnded(): Promise<void> {
    await this.#database.query("delete from certificates where not own and not_after < now()");
  }

  /** What routers open, by id; ids that are not there are left out. */
  async sealed(ids: readonly string[]): Promise<Map<string, Buffer>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#database.query<{ id: string; sealed: Buffer }>(
      "select id, sealed from certificates where id = any($1)",
      [ids],
    );
    return new Map(rows.map(({ id, sealed }) => [id, sealed]));
  }
}
