import { createHash } from "node:crypto";
import type { PageKind } from "../../core/http-setting-words";
import type { Database } from "./database";
import { type AppIds, ofApps } from "./of-apps";

/** A page as the route table has it. */
export interface PublishedPage extends WantedPage {
  /** Made of its content. */
  id: string;
  content: string;
}

/** A page that an app wants, where it is to come from. */
export interface WantedPage {
  appId: string;
  kind: PageKind;
  url: string;
}

export interface StoredPage extends WantedPage {
  /** Null: it never came. */
  content: string | null;
  fetchedAt: Date | null;
  /** Why it did not come the last time. */
  problem: string | null;
}

const columns = `app_id as "appId", kind, url, content, fetched_at as "fetchedAt", problem`;
const word = "h.state->'settings'->>(k.kind || '-page')";

/** Pages of apps' own, as they were fetched last: what an app sets is where they come from (http-settings.ts). */
export class HttpPages {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  of(appId: string): Promise<StoredPage[]> {
    return this.#database.query<StoredPage>(`select ${columns} from http_pages where app_id = $1`, [appId]);
  }

  /** All that have come for the apps, or for every one, of whatever is still set. */
  published(appIds: AppIds): Promise<PublishedPage[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<PublishedPage>(
      `select app_id as "appId", kind, url, page_id as id, content from http_pages where content is not null and ${condition}`,
      values,
    );
  }

  /** Those that are set and were not tried for so long, or never. */
  due(ageMs: number): Promise<WantedPage[]> {
    return this.#database.query<WantedPage>(
      `select h.app_id as "appId", k.kind, ${word} as url
       from http_settings h cross join (values ('error'), ('maintenance')) k(kind)
       left join http_pages p on p.app_id = h.app_id and p.kind = k.kind and p.url = ${word}
       where ${word} is not null
         and (p.tried_at is null or p.tried_at < clock_timestamp() - $1 * interval '1 millisecond')`,
      [ageMs],
    );
  }

  /** Keeps what was fetched; whether it is another one than before. */
  async keep({ appId, kind, url }: WantedPage, content: string): Promise<boolean> {
    const id = createHash("sha256").update(content).digest("base64url").slice(0, 22);
    const [before] = await this.#database.query<{ id: string | null }>(
      "select page_id as id from http_pages where app_id = $1 and kind = $2",
      [appId, kind],
    );
    await this.#database.query(
      `insert into http_pages (app_id, kind, url, page_id, content, fetched_at, tried_at)
       values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())
       on conflict (app_id, kind) do update
       set url = $3, page_id = $4, content = $5, fetched_at = clock_timestamp(), tried_at = clock_timestamp(), problem = null`,
      [appId, kind, url, id, content],
    );
    return before?.id !== id;
  }

  /** Notes why it did not come; what came before goes on being served. */
  async fail({ appId, kind, url }: WantedPage, problem: string): Promise<void> {
    await this.#database.query(
      `insert into http_pages (app_id, kind, url, tried_at, problem) values ($1, $2, $3, clock_timestamp(), $4)
       on conflict (app_id, kind) do update set
         content = case when http_pages.url = $3 then http_pages.content end,
         fetched_at = case when http_pages.url = $3 then http_pages.fetched_at end,
         url = $3, tried_at = clock_timestamp(), problem = $4`,
      [appId, kind, url, problem],
    );
  }
}
