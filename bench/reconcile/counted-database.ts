import type { Database, Sql } from "../../server/store/database";

/** A database that counts the statements it is given; those that begin and end a transaction, too. */
export class CountedDatabase implements Database {
  statements = 0;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    this.statements += 1;
    return this.#database.query<Row>(text, values);
  }

  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    this.statements += 2;
    return this.#database.transaction((tx) =>
      work({
        query: (text, values) => {
          this.statements += 1;
          return tx.query(text, values);
        },
      }),
    );
  }

  holdLock: Database["holdLock"] = (key, lost) => this.#database.holdLock(key, lost);

  close(): Promise<void> {
    return this.#database.close();
  }
}
