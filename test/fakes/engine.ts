import { on, once } from "node:events";
import { conflict, notFound, PaasError } from "../../core/error";
import type { EngineInstance, InstanceSpec } from "../../core/instance";
import type {
  CommandSpec,
  DiskUse,
  Engine,
  EngineCommand,
  EngineEvent,
  EngineInfo,
  EngineRun,
  ExecResult,
  LogEntry,
  LogOptions,
  ProbeResult,
  ProbeWish,
  RunSession,
  RunSpec,
} from "../../server/engines/engine";
import { FakeRun } from "./engine-run";
import { FakeContainer, FakeWorld } from "./engine-world";

/** An Engine without processes, held to the same contract as the Docker one (test/contract/engine/). */
export class FakeEngine implements Engine {
  constructor(
    readonly platformId = "fake",
    readonly world = new FakeWorld(),
  ) {}

  async list(appId?: string): Promise<EngineInstance[]> {
    this.world.failIfWished("list");
    return this.#own(appId).flatMap((container) =>
      container.spec ? [photograph(container, container.spec)] : [],
    );
  }

  async start(spec: InstanceSpec): Promise<void> {
    this.world.failIfWished("start");
    const found = this.#own().find(({ id }) => id === spec.id);
    if (found && found.spec?.specHash !== spec.specHash)
      throw conflict(`Another container has the id ${spec.id}.`);
    if (found && found.state !== "created") return;
    if (!this.world.images.has(spec.image.id)) throw notFound(`The image ${spec.image.id} is gone.`);
    if (!this.world.networks.has(`${this.platformId}/${spec.appId}`))
      throw notFound("The app's network is gone.");
    const program = this.world.programs.get(spec.command ?? "") ?? {};
    const container =
      found ?? new FakeContainer(this.platformId, spec.id, spec.appId, spec, program, this.world);
    this.world.containers.add(container);
    if (this.#holder(spec.address)) throw conflict(`The address ${spec.address} is in use.`);
    container.start();
  }

  async end(instanceId: string, _graceMs: number): Promise<void> {
    this.world.failIfWished("end");
    for (const container of this.#own()) if (container.id === instanceId) container.end();
  }

  async stop(instanceId: string, _graceMs: number): Promise<void> {
    this.world.failIfWished("stop");
    for (const container of this.#own()) if (container.id === instanceId) container.remove();
  }

  async exec(instanceId: string, argv: string[], timeoutMs: number): Promise<ExecResult> {
    const container = this.#own().find(({ id }) => id === instanceId);
    if (container?.state !== "running") return { exitCode: null, output: "the instance does not run" };
    const program = this.world.programs.get(argv.join(" ")) ?? { exits: 0 };
    if (program.exits === undefined)
      return { exitCode: null, output: `not done within ${timeoutMs / 1000} s` };
    return { exitCode: program.exits, output: (program.prints ?? []).map(({ text }) => text).join("\n") };
  }

  async probe(address: string, port: number, _timeoutMs: number, wish?: ProbeWish): Promise<ProbeResult> {
    const holder = this.#holder(address);
    if (!holder) return { ready: false, seen: "no route to it" };
    const listens = holder.listening && holder.spec?.image.port === port;
    if (!listens) return { ready: false, seen: "connection refused" };
    if (wish?.kind === "tcp") return { ready: true, seen: "connected" };
    if (wish?.kind === "grpc" || wish?.protocol === "h2c") return { ready: false, seen: "no HTTP/2 answer" };
    const path = wish?.kind === "http" ? wish.path : "/";
    const { status, body } = holder.program.answers?.[path] ?? { status: 200, body: "ok" };
    if (wish?.kind !== "http") return { ready: true, seen: `http ${status}` };
    const accepted = wish.statuses === null ? status >= 200 && status < 400 : wish.statuses.includes(status);
    if (!accepted || wish.content === null) return { ready: accepted, seen: `http ${status}` };
    const found = body.includes(wish.content);
    return {
      ready: found,
      seen: `http ${status} ${found ? "with" : "without"} ${JSON.stringify(wish.content)}`,
    };
  }

  async listeners(instanceId: string): Promise<string[]> {
    const container = this.#own().find(({ id }) => id === instanceId);
    return container?.listening && container.spec ? [`0.0.0.0:${container.spec.image.port}`] : [];
  }

  async *logs(instanceId: string, { since, follow, signal, tail }: LogOptions): AsyncGenerator<LogEntry> {
    const container = this.#own().find(({ id }) => id === instanceId);
    let read = since === null ? 0 : Number(since);
    if (container && tail !== undefined) read = Math.max(read, container.log.length - tail);
    while (container && !signal.aborted) {
      for (; read < container.log.length; read++) yield container.log[read] as LogEntry;
      if (!follow || container.state === "exited" || container.removed) return;
      await once(container, "changed", { signal }).catch(() => undefined);
    }
  }

  async createCommand(spec: CommandSpec): Promise<void> {
    this.world.failIfWished("createCommand");
    if (this.#own().some(({ id }) => id === spec.releaseId)) return;
    if (!this.world.images.has(spec.image.id)) throw notFound(`The image ${spec.image.id} is gone.`);
    const program = this.world.programs.get(spec.argv.join(" ")) ?? { exits: 0 };
    const { platformId, world } = this;
    world.containers.add(new FakeContainer(platformId, spec.releaseId, spec.appId, spec, program, world));
  }

  async startCommand(releaseId: string): Promise<void> {
    this.world.failIfWished("startCommand");
    const found = this.#own().find(({ id }) => id === releaseId);
    if (found?.state === "created") found.start();
  }

  async commands(appId?: string): Promise<EngineCommand[]> {
    return this.#own(appId).flatMap(({ command, state, exitCode }) =>
      command
        ? [{ appId: command.appId, releaseId: command.releaseId, version: command.version, state, exitCode }]
        : [],
    );
  }

  async run(run: RunSpec): Promise<RunSession> {
    this.world.failIfWished("run");
    if (!this.world.images.has(run.spec.image.id)) throw notFound(`The image ${run.spec.image.id} is gone.`);
    const program = this.world.programs.get(run.argv.join(" ")) ?? { exits: 0 };
    const container = new FakeContainer(this.platformId, run.id, run.spec.appId, run, program, this.world);
    this.world.containers.add(container);
    return new FakeRun(container, run);
  }

  async runDetached(run: RunSpec): Promise<void> {
    this.world.failIfWished("runDetached");
    if (!this.world.images.has(run.spec.image.id)) throw notFound(`The image ${run.spec.image.id} is gone.`);
    const program = this.world.programs.get(run.argv.join(" ")) ?? { exits: 0 };
    const container = new FakeContainer(this.platformId, run.id, run.spec.appId, run, program, this.world);
    this.world.containers.add(container);
    container.start();
  }

  async runs(appId?: string): Promise<EngineRun[]> {
    return (
      this.#own()
        // A release command is none.
        .filter(
          (one) => one.spec === null && one.command === null && (appId === undefined || one.appId === appId),
        )
        .map(({ id, appId: owner, state }) => ({ id, appId: owner, state }))
    );
  }

  async runEnd(runId: string, signal: AbortSignal): Promise<number | null> {
    this.world.failIfWished("runEnd");
    const container = this.#own().find(({ id }) => id === runId);
    while (container?.state === "running") await once(container, "changed", { signal });
    return container?.exitCode ?? null;
  }

  async removeRuns(): Promise<void> {
    for (const container of this.#own())
      if (container.spec === null && container.command === null) container.remove();
  }

  async *events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    try {
      for await (const [event] of on(this.world, "event", { signal })) {
        const { platformId, appId, instanceId, what } = event;
        if (platformId === this.platformId) yield { appId, instanceId, what };
      }
    } catch (error) {
      if (!signal.aborted) throw new PaasError("internal", "The fake's events broke.", { cause: error });
    }
  }

  async *diskUse(): AsyncGenerator<DiskUse> {
    this.world.failIfWished("diskUse");
    for (const { id, appId, spec, command, state, program } of this.#own()) {
      const bytes = program.writesBytes ?? 0;
      if (state !== "running") continue;
      if (spec) yield { id, appId, kind: "instance", type: spec.type, bytes };
      else if (command) yield { id, appId, kind: "command", type: "release", bytes };
      else yield { id, appId, kind: "run", type: "run", bytes };
    }
  }

  async version(): Promise<{ version: string; apiVersion: string }> {
    return { version: "fake", apiVersion: "0" };
  }

  async info(): Promise<EngineInfo> {
    return { ...(await this.version()), liveRestore: true, dataDir: "/" };
  }

  #own(appId?: string): FakeContainer[] {
    const { containers } = this.world;
    return [...(appId === undefined ? containers : containers.of(appId))].filter(
      ({ platformId }) => platformId === this.platformId,
    );
  }

  #holder(address: string): FakeContainer | undefined {
    return [...this.world.containers].find(
      ({ state, spec }) => state === "running" && spec?.address === address,
    );
  }
}

const photograph = (container: FakeContainer, spec: InstanceSpec): EngineInstance => ({
  id: spec.id,
  appId: spec.appId,
  type: spec.type,
  slot: spec.slot,
  releaseId: spec.releaseId,
  version: spec.version,
  generation: spec.generation,
  specHash: spec.specHash,
  address: spec.address,
  port: spec.image.port,
  state: container.state,
  startedAt: container.startedAt,
  exitCode: container.exitCode,
  oom:
    container.program.outOfMemory && container.state === "exited"
      ? { peakMb: spec.limits.memoryMb, limitMb: spec.limits.memoryMb }
      : null,
  finishedAt: container.finishedAt,
  lost: false,
});
