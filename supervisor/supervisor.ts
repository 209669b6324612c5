import { rmSync } from "node:fs";
import { messageOf } from "../core/error";
import { identify, isRunning } from "./processes/identity";
import type { Role } from "./roles/role";
import { RoleKeeper, type RoleNews } from "./roles/role-keeper";
import { rotate } from "./roles/role-log";
import { fingerprintIn, readStatus, type SupervisorStatus, writeStatus } from "./status-file";

export interface SupervisorOptions {
  statusPath: string;
  /** Directory of the roles' logs, `<role>.log` each. */
  logDir: string;
  tell: (news: RoleNews) => void;
  now: () => number;
}

const rotateEveryMs = 30_000;

/** Starts roles one after the other, keeps them, and stops them in reverse. The caller holds the lock of the data directory. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #before: SupervisorStatus | undefined;
  readonly #keepers: RoleKeeper[];
  readonly #rotation: NodeJS.Timeout;
  #ready = false;

  constructor(roles: Role[], options: SupervisorOptions) {
    this.#options = options;
    const before = readStatus(options.statusPath);
    this.#before = before;
    this.#keepers = roles.map(
      (role) =>
        new RoleKeeper(role, {
          logPath: this.#logOf(role),
          knownFingerprint: (process) => fingerprintIn(before, process),
          tell: (news) => this.#told(news),
          now: options.now,
        }),
    );
    this.#rotation = setInterval(() => {
      for (const role of roles) rotate(this.#logOf(role));
    }, rotateEveryMs);
  }

  /**
   * Starts all in order; when one cannot be started, ends what this call started, leaves what it found running (apps go on being
   * served), and throws.
   */
  async start(): Promise<void> {
    try {
      for (const keeper of this.#keepers) await keeper.start();
      this.#ready = true;
      this.#record();
    } catch (error) {
      await this.#stopWhere((keeper) => !keeper.adopted);
      throw error;
    }
  }

  /** Ends all roles gracefully, the last started first. */
  async stop(): Promise<void> {
    await this.#stopWhere(() => true);
    rmSync(this.#options.statusPath, { force: true });
  }

  async #stopWhere(chosen: (keeper: RoleKeeper) => boolean): Promise<void> {
    clearInterval(this.#rotation);
    for (const keeper of this.#keepers.toReversed()) {
      if (chosen(keeper)) await keeper.stop();
      else keeper.letGo();
    }
  }

  #told(news: RoleNews): void {
    try {
      if (news.what !== "starting") this.#record();
    } catch (error) {
      // A full disk must not keep roles from being restarted.
      this.#options.tell({ role: news.role, what: "unrecorded", why: messageOf(error) });
    }
    this.#options.tell(news);
  }

  #record(): void {
    const self = identify(process.pid);
    if (self === undefined) throw new Error(`/proc does not show this process (${process.pid})`);
    const kept = this.#keepers.flatMap(({ role, process }) =>
      process ? [{ name: role.name, ...process }] : [],
    );
    // What the last supervisor left running and we have not come to yet stays written down, or it could not be adopted.
    const left = this.#before?.roles.filter(
      (old) => isRunning(old) && !kept.some(({ name }) => name === old.name),
    );
    writeStatus(this.#options.statusPath, { ...self, ready: this.#ready, roles: [...kept, ...(left ?? [])] });
  }

  #logOf(role: Role): string {
    return `${this.#options.logDir}/${role.name}.log`;
  }
}
