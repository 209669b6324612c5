import { notFound } from "../../../core/error";
import type { EngineInstance } from "../../../core/instance";
import type { EngineCommand, EngineRun, LogEntry } from "../../../server/engines/engine";
import type { LogEngine, LogSourceContainer } from "../../../server/logs/collection";

/** An engine whose containers do nothing but write: what the collector sees of one. */
export class FakeOutput implements LogEngine {
  readonly #containers = new Map<string, Container>();
  /** Streams opened so far, to tell when a reader has come back. */
  opened = 0;

  add(instanceId: string, kind: Container["kind"] = "instance"): LogSourceContainer {
    this.#containers.set(instanceId, { kind, entries: [], state: "running", streams: new Set() });
    return { appId: "shop", instanceId, place: "web.1" };
  }

  write(instanceId: string, ...lines: string[]): void {
    const container = this.#container(instanceId);
    for (const text of lines) container.entries.push(entry(container.entries.length, text));
    wake(container);
  }

  exit(instanceId: string): void {
    const container = this.#container(instanceId);
    container.state = "exited";
    wake(container);
  }

  remove(instanceId: string): void {
    const container = this.#container(instanceId);
    this.#containers.delete(instanceId);
    container.state = "exited";
    wake(container);
  }

  /** The engine goes away: every stream ends, cleanly or with an error, though the containers run on. */
  dropStreams(error: Error | null): void {
    for (const container of this.#containers.values())
      for (const stream of container.streams) stream.drop(error);
  }

  async runs(): Promise<EngineRun[]> {
    return this.#of("run").map(([id, { state }]) => ({ id, appId: "shop", state }));
  }

  async commands(): Promise<EngineCommand[]> {
    const parts = { appId: "shop", version: 1, exitCode: null };
    return this.#of("command").map(([releaseId, { state }]) => ({ ...parts, releaseId, state }));
  }

  async list(): Promise<EngineInstance[]> {
    return this.#of("instance").map(([id, { state }]) => ({ ...blank, id, state }));
  }

  #of(kind: Container["kind"]): [string, Container][] {
    return [...this.#containers].filter(([, container]) => container.kind === kind);
  }

  async *logs(instanceId: string, options: Parameters<LogEngine["logs"]>[1]): AsyncGenerator<LogEntry> {
    const container = this.#container(instanceId);
    this.opened++;
    let dropped: { error: Error | null } | null = null;
    let next = container.entries.findIndex((one) => options.since === null || one.cursor > options.since);
    if (next === -1) next = container.entries.length;
    const stream: Stream = {
      wake: () => undefined,
      drop: (error) => {
        dropped = { error };
        stream.wake();
      },
    };
    options.signal.addEventListener("abort", () => stream.drop(null));
    container.streams.add(stream);
    try {
      while (!isDropped() && !options.signal.aborted) {
        const one = container.entries[next];
        if (one) {
          next++;
          yield one;
        } else if (!options.follow || container.state === "exited") return;
        else await new Promise<void>((resolve) => (stream.wake = resolve));
      }
    } finally {
      container.streams.delete(stream);
    }
    const error = isDropped()?.error;
    if (error) throw error;

    function isDropped(): { error: Error | null } | null {
      return dropped;
    }
  }

  #container(instanceId: string): Container {
    const container = this.#containers.get(instanceId);
    if (!container) throw notFound(`no container ${instanceId}`);
    return container;
  }
}

interface Stream {
  wake(): void;
  drop(error: Error | null): void;
}

interface Container {
  kind: "instance" | "run" | "command";
  entries: LogEntry[];
  state: "running" | "exited";
  streams: Set<Stream>;
}

const wake = (container: Container): void => {
  for (const stream of container.streams) stream.wake();
};

const entry = (number: number, text: string): LogEntry => ({
  cursor: `2026-11-20T10:00:00.${String(number).padStart(9, "0")}Z`,
  at: new Date("2026-11-20T10:00:00.000Z"),
  stream: "stdout",
  text,
});

const blank = {
  appId: "shop",
  type: "web",
  slot: 1,
  releaseId: "r",
  version: 1,
  generation: 0,
  oom: null,
  specHash: "h",
  address: "10.0.0.2",
  port: 5000,
  startedAt: null,
  exitCode: null,
  finishedAt: null,
  lost: false,
};
