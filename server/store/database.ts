import pg from "pg";
import { PaasError } from "../../core/error";

/** Runs statements; either the pool or one transaction. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
}

export interface Database extends Sql {
  /** All or nothing; rolls back when `work` throws. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  /** Holds a session advisory lock until `release` or the connection's end; waits for it. `lost` fires when the connection ends by itself. */
  holdLock(key: number, lost: (error: Error) => void): Promise<{ release(): Promise<void> }>;
  close(): Promise<void>;
}

const unavailableCodes = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ECONNRESET",
  "53100", // the disk is full
  "57P01",
  "57P02",
  "57P03",
  "08006",
  "08001",
]);

function translate(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  return code !== undefined && unavailableCodes.has(code)
    ? new PaasError("unavailable", "The database does not answer. Try again in a moment; see paas status.", {
        cause: error,
      })
    : error;
}

/** True when a statement met an existing row of a unique key. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === "23505";
}

async function queryOn<Row extends object>(
  client: pg.Pool | pg.PoolClient,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  try {
    const result =
      values.length === 0 ? await client.query<Row>(text) : await client.query<Row>(text, values);
    return result.rows;
  } catch (error) {
    throw translate(error);
  }
}

/** Connects lazily. `onIdleError` hears of connections that died while idle (the pool replaces them). */
export function openDatabase(url: string, onIdleError: (error: Error) => void): Database {
  const pool = new pg.Pool({ connectionString: url, max: 8, allowExitOnIdle: false });
  pool.on("error", onIdleError);
  const connect = () => pool.connect().catch((error: unknown) => Promise.reject(translate(error)));
  return {
    query: (text, values = []) => queryOn(pool, text, values),
    async transaction(work) {
      const client = await connect();
      try {
        await client.query("begin");
        const result = await work({ query: (text, values = []) => queryOn(client, text, values) });
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        await client.query("rollback").then(
          () => client.release(),
          (broken: Error) => client.release(broken),
        );
        throw translate(error);
      }
    },
    async holdLock(key, lost) {
      const client = new pg.Client({ connectionString: url });
      let released = false;
      client.on("error", (error) => released || lost(error));
      client.on("end", () => released || lost(new Error("the connection that holds the lock has ended")));
      await client.connect();
      await client.query("select pg_advisory_lock($1)", [key]);
      return {
        release: async () => {
          released = true;
          await client.end();
        },
      };
    },
    close: () => pool.end(),
  };
}
