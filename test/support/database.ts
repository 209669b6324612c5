import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Sensitive } from "../../core/env";
import { Cipher } from "../../server/store/cipher";
import { type Database, openDatabase } from "../../server/store/database";
import { migrate } from "../../server/store/migrate";
import { openStore, type Store } from "../../server/store/store";
import { installPostgres } from "../../supervisor/postgres/binaries";
import { clusterDir, makeCluster, writeAccessRules } from "../../supervisor/postgres/cluster";
import { postgresRole, postgresSocketUrl } from "../../supervisor/postgres/role";
import { databaseUser } from "../../supervisor/system-user";

/** A real PostgreSQL of the test's own, made as the supervisor makes it. `close` leaves nothing of it. */
export class TestDatabase {
  readonly #open: Database[] = [];

  private constructor(
    readonly home: string,
    readonly url: string,
    readonly process: ChildProcess,
  ) {}

  static async start(): Promise<TestDatabase> {
    const home = mkdtempSync(join(tmpdir(), "paas-db-"));
    chmodSync(home, 0o711); // the database's user passes through it
    const user = process.getuid?.() === 0 ? databaseUser() : undefined;
    const binaries = installPostgres(home);
    const cluster = { dir: clusterDir(home, binaries.version), binaries, user };
    makeCluster(cluster);
    writeAccessRules(cluster);
    const sockets = join(home, "sockets");
    mkdirSync(sockets, { mode: 0o777 });
    chmodSync(sockets, 0o777);
    const role = postgresRole(cluster, sockets);
    const child = spawn(role.command, role.argv, {
      cwd: role.cwd,
      env: role.env,
      stdio: "ignore",
      ...(user ?? {}),
    });
    const ready = role.ready;
    while (typeof ready === "function" && !(await ready())) await delay(20);
    return new TestDatabase(home, postgresSocketUrl(sockets), child);
  }

  open(): Database {
    const database = openDatabase(this.url, () => {});
    this.#open.push(database);
    return database;
  }

  /** A store whose tables are there. */
  async openStore(): Promise<{ database: Database; store: Store }> {
    const database = this.open();
    await migrate(database);
    return { database, store: openStore(database, new Cipher(new Sensitive("ab".repeat(32)))) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((database) => database.close()));
    this.process.kill("SIGINT");
    await once(this.process, "exit");
    rmSync(this.home, { recursive: true, force: true });
  }
}
