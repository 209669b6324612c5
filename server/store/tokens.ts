import { createHash, randomBytes } from "node:crypto";
import { newId } from "../../core/id";
import type { Role } from "../../core/policy";
import type { Database } from "./database";

/** An API token's record; the token itself is stored hashed and shown once. */
export interface TokenRecord {
  id: string;
  name: string;
  admin: boolean;
  appId: string | null;
  appName: string | null;
  role: Role | null;
  createdAt: Date;
}

const columns = `t.id, t.name, t.admin, t.app_id as "appId", a.name as "appName", t.role, t.created_at as "createdAt"`;

/** Tokens are 256 random bits, so a plain SHA-256 is all the hashing they need. */
const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

export class Tokens {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  list(): Promise<TokenRecord[]> {
    return this.#database.query<TokenRecord>(
      `select ${columns} from tokens t left join apps a on a.id = t.app_id order by t.created_at`,
    );
  }

  async byToken(token: string): Promise<TokenRecord | null> {
    const [record] = await this.#database.query<TokenRecord>(
      `select ${columns} from tokens t left join apps a on a.id = t.app_id where t.hash = $1`,
      [hashOf(token)],
    );
    return record ?? null;
  }

  /** A new token; `grant` null makes it an admin's. */
  async create(
    name: string,
    grant: { appId: string; role: Role } | null,
  ): Promise<{ token: string; record: TokenRecord }> {
    const token = `paas_${randomBytes(32).toString("base64url")}`;
    await this.#insert(token, name, grant);
    const record = await this.byToken(token);
    if (!record) throw new Error("the token just written is not there");
    return { token, record };
  }

  /** Makes the given token a valid admin token if it is not known yet (the one in <data>/admin.token). */
  async ensureAdmin(token: string): Promise<void> {
    if (!(await this.byToken(token))) await this.#insert(token, "local admin", null);
  }

  /** False when there is none of that id. */
  async revoke(id: string): Promise<boolean> {
    return (await this.#database.query("delete from tokens where id = $1 returning id", [id])).length > 0;
  }

  async #insert(token: string, name: string, grant: { appId: string; role: Role } | null): Promise<void> {
    await this.#database.query(
      "insert into tokens (id, name, hash, admin, app_id, role) values ($1, $2, $3, $4, $5, $6) on conflict (hash) do nothing",
      [newId(), name, hashOf(token), grant === null, grant?.appId ?? null, grant?.role ?? null],
    );
  }
}
