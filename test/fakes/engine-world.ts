import { EventEmitter } from "node:events";
import type { InstanceSpec } from "../../core/instance";
import type { CommandSpec, LogEntry, RunSpec } from "../../server/engines/engine";

/** What a command does in the fake; without an entry it listens and ends at SIGTERM with 143. */
export interface FakeProgram {
  /** Ends by itself at once, with this code. */
  exits?: number;
  prints?: { stream: LogEntry["stream"]; text: string }[];
  listens?: boolean;
  /** What it answers by path; 200 `ok` where nothing is said. */
  answers?: Record<string, { status: number; body: string }>;
  /** Its end is the kernel's doing. */
  outOfMemory?: boolean;
  /** What it keeps on disk. */
  writesBytes?: number;
  ignoresTerm?: boolean;
  /** One-offs: copies stdin to stdout until its end, then exits 0. */
  echoes?: boolean;
}

/** A container of the fake; emits `changed` whenever anything about it does. */
export class FakeContainer extends EventEmitter {
  state: "created" | "running" | "exited" = "created";
  startedAt: Date | null = null;
  finishedAt: Date | null = null;
  exitCode: number | null = null;
  removed = false;
  listening = false;
  readonly log: LogEntry[] = [];

  constructor(
    readonly platformId: string,
    readonly id: string,
    readonly appId: string,
    readonly subject: InstanceSpec | RunSpec | CommandSpec,
    readonly program: FakeProgram,
    readonly world: FakeWorld,
  ) {
    super();
    this.setMaxListeners(0);
  }

  get spec(): InstanceSpec | null {
    return "slot" in this.subject ? this.subject : null;
  }

  get command(): CommandSpec | null {
    return "releaseId" in this.subject && !("slot" in this.subject) ? this.subject : null;
  }

  start(): void {
    this.state = "running";
    this.startedAt = this.world.now();
    this.listening = this.program.listens ?? true;
    this.world.tell("start", this);
    for (const { stream, text } of this.program.prints ?? []) this.print(text, stream);
    if (this.program.exits !== undefined) this.exit(this.program.exits);
    this.emit("changed");
  }

  print(text: string, stream: LogEntry["stream"] = "stdout"): void {
    const at = this.world.now();
    this.log.push({ cursor: String(this.log.length + 1).padStart(12, "0"), at, stream, text });
    this.emit("changed");
  }

  exit(code: number): void {
    if (this.state !== "running") return;
    this.state = "exited";
    this.exitCode = code;
    this.finishedAt = this.world.now();
    this.listening = false;
    this.world.tell("die", this);
    this.emit("changed");
  }

  /** What SIGTERM, the grace and SIGKILL lead to; the grace passes in no time. */
  end(): void {
    this.exit(this.program.ignoresTerm ? 137 : (this.program.exits ?? 143));
  }

  remove(): void {
    this.end();
    this.removed = true;
    this.world.containers.delete(this);
    this.emit("changed");
  }
}

/** Containers, found by their app at once: with ten thousand of them a look at one app is to cost what it costs on a real engine. */
class Containers extends Set<FakeContainer> {
  readonly #byApp = new Map<string, Set<FakeContainer>>();

  override add(container: FakeContainer): this {
    const group = this.#byApp.get(container.appId) ?? new Set();
    this.#byApp.set(container.appId, group.add(container));
    return super.add(container);
  }

  override delete(container: FakeContainer): boolean {
    this.#byApp.get(container.appId)?.delete(container);
    return super.delete(container);
  }

  of(appId: string): Iterable<FakeContainer> {
    return this.#byApp.get(appId) ?? [];
  }
}

/** The machine behind the fakes: several platforms may share one, as they share a Docker Engine. */
export class FakeWorld extends EventEmitter {
  readonly containers = new Containers();
  readonly programs = new Map<string, FakeProgram>();
  /** Image id -> what it is; a test adds what it starts. */
  readonly images = new Map<string, { platformId: string; appId: string; ref: string }>();
  /** Further names of images: name -> image id. */
  readonly tags = new Map<string, string>();
  /** `<platform>/<app>` -> subnet */
  readonly networks = new Map<string, string>();
  /** Error that the next call of a method throws, once. */
  readonly failures = new Map<string, Error>();

  constructor(readonly now: () => Date = () => new Date()) {
    super();
    this.setMaxListeners(0);
  }

  /** The container of an instance or run; throws when there is none, so that tests read well. */
  container(id: string): FakeContainer {
    const found = [...this.containers].find((container) => container.id === id);
    if (!found) throw new Error(`The fake has no container ${id}.`);
    return found;
  }

  tell(what: "start" | "die", container: FakeContainer): void {
    if (container.spec)
      this.emit("event", {
        what,
        platformId: container.platformId,
        appId: container.appId,
        instanceId: container.id,
      });
  }

  failIfWished(method: string): void {
    const failure = this.failures.get(method);
    this.failures.delete(method);
    if (failure) throw failure;
  }
}
