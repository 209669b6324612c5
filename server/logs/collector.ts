import type { AppLogs } from "./app-logs";
import { collectContainer, type LogEngine, type LogSourceContainer, type ReportFailure } from "./collection";

interface Collection {
  source: LogSourceContainer;
  ended: Promise<void>;
}

const drainLimitMs = 5_000;

/** Follows the output of every container of the platform; the one place from which app output reaches the logs. */
export class LogCollector {
  readonly #engine: LogEngine;
  readonly #logs: AppLogs;
  readonly #report: ReportFailure;
  readonly #closing = new AbortController();
  readonly #collections = new Map<string, Collection>();

  constructor(engine: LogEngine, logs: AppLogs, report: ReportFailure) {
    this.#engine = engine;
    this.#logs = logs;
    this.#report = report;
  }

  /** At start: follows the containers there are, and forgets the positions of those that are gone. */
  async resume(containers: LogSourceContainer[]): Promise<void> {
    for (const container of containers) this.collect(container);
    for (const appId of await this.#logs.apps()) {
      const gone = [...(await this.#logs.positions(appId)).keys()].filter(
        (name) => !isStream(name) && !this.#collections.has(name),
      );
      if (gone.length > 0) await this.#logs.append(appId, [], forgetting(gone));
    }
  }

  /** Follows a container from where it was left to its end. Following it already is success. */
  collect(source: LogSourceContainer): void {
    if (this.#closing.signal.aborted || this.#collections.has(source.instanceId)) return;
    const ended = collectContainer(this.#engine, this.#logs, source, this.#closing.signal, this.#report);
    this.#collections.set(source.instanceId, { source, ended });
  }

  /**
   * Resolves when all that an ended container wrote is in the log, so that it may be removed; at once for one that is not followed.
   * Waits at most `limitMs`: a full disk must not keep containers for ever. False when that was not enough.
   */
  async drained(instanceId: string, limitMs = drainLimitMs): Promise<boolean> {
    const collection = this.#collections.get(instanceId);
    if (!collection) return true;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, limitMs, false);
    });
    const drained = await Promise.race([collection.ended.then(() => true), limit]);
    clearTimeout(timer);
    return drained;
  }

  /** The container was removed: its position is not needed any more. One that cannot be forgotten now is at the next start. */
  async forget(instanceId: string): Promise<void> {
    const collection = this.#collections.get(instanceId);
    if (!collection) return;
    await collection.ended;
    this.#collections.delete(instanceId);
    const forgotten = this.#logs.append(collection.source.appId, [], forgetting([instanceId]));
    await forgotten.catch((error: unknown) => this.#report(collection.source, error));
  }

  /** Stops following; a later collector goes on where this one stopped. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#collections.values()].map((collection) => collection.ended));
  }
}

/** Names of positions that are not an instance's id begin with `@`. */
const isStream = (name: string): boolean => name.startsWith("@");

const forgetting = (names: string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]));
