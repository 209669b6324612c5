import type Docker from "dockerode";
import type { EngineInstance, InstanceSpec } from "../../../core/instance";
import { askGrpc } from "../checks/grpc-check";
import { askHttp, askTcp } from "../checks/http-check";
import { probe } from "../checks/probe";
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
} from "../engine";
import { appLabel, kindLabel, launcherLabel, platformLabel } from "../labels";
import { createCommand, listCommands, startCommand } from "./command";
import type { CreateContainer } from "./create";
import { readDiskUse } from "./disk";
import type { EngineLife } from "./ends";
import { engineCall } from "./errors";
import { readEvents } from "./events";
import { execInside } from "./exec";
import { findContainer, findContainers, listContainers } from "./find";
import { InstanceList } from "./list";
import { readListeners } from "./listeners";
import { readLogs } from "./logs";
import { startRun } from "./run";
import { listRuns, startDetached, waitForRun } from "./runs";
import { startInstance } from "./start";
import { endContainers, removeContainer } from "./stop";
import { DockerStreams } from "./streams";

/** What we read of dockerode's untyped answer. */
interface DockerInfo {
  LiveRestoreEnabled: boolean;
  DockerRootDir: string;
}

/** The Engine on one Docker Engine: an instance is a container, of which only the scheduler decides whether it runs. */
export class DockerEngine implements Engine {
  readonly #instances: InstanceList;
  readonly #streams: DockerStreams;

  constructor(
    readonly docker: Docker,
    readonly platformId: string,
    readonly createContainer: CreateContainer,
    life: EngineLife,
    pulseMs: number,
  ) {
    this.#streams = new DockerStreams(docker, pulseMs);
    this.#instances = new InstanceList(docker, platformId, life);
  }

  list(appId?: string): Promise<EngineInstance[]> {
    return this.#instances.read(appId);
  }

  start(spec: InstanceSpec): Promise<void> {
    return startInstance(this.docker, this.createContainer, this.platformId, spec);
  }

  async end(instanceId: string, graceMs: number): Promise<void> {
    await endContainers(this.docker, this.platformId, instanceId, graceMs);
  }

  async stop(instanceId: string, graceMs: number): Promise<void> {
    const containers = await endContainers(this.docker, this.platformId, instanceId, graceMs);
    await Promise.all(containers.map((id) => removeContainer(this.docker, id)));
  }

  probe(address: string, port: number, timeoutMs: number, wish?: ProbeWish): Promise<ProbeResult> {
    switch (wish?.kind) {
      case undefined:
      case "any":
        return probe(address, port, timeoutMs, wish?.protocol);
      case "tcp":
        return askTcp(address, port, timeoutMs);
      case "http":
        return askHttp(address, port, wish, timeoutMs);
      case "grpc":
        return askGrpc({ address, port }, wish.service, timeoutMs);
    }
  }

  async exec(instanceId: string, argv: string[], timeoutMs: number): Promise<ExecResult> {
    const [container] = await findContainers(this.docker, this.platformId, instanceId);
    if (container === undefined) return { exitCode: null, output: "the instance does not run" };
    const { [launcherLabel]: launcher } = container.Labels;
    const words = launcher === undefined ? argv : [launcher, ...argv];
    return execInside(this.docker, container.Id, words, timeoutMs);
  }

  async listeners(instanceId: string): Promise<string[]> {
    const container = await findContainer(this.docker, this.platformId, instanceId);
    return container === undefined ? [] : readListeners(this.docker, container);
  }

  async *logs(instanceId: string, options: LogOptions): AsyncGenerator<LogEntry> {
    const container = await findContainer(this.docker, this.platformId, instanceId);
    if (container !== undefined) yield* readLogs(this.docker, this.#streams, container, options);
  }

  createCommand(spec: CommandSpec): Promise<void> {
    return createCommand(this.docker, this.createContainer, this.platformId, spec);
  }

  startCommand(releaseId: string): Promise<void> {
    return startCommand(this.docker, this.platformId, releaseId);
  }

  commands(appId?: string): Promise<EngineCommand[]> {
    return listCommands(this.docker, this.platformId, appId);
  }

  run(spec: RunSpec): Promise<RunSession> {
    return startRun(this.docker, this.createContainer, this.#streams, this.platformId, spec);
  }

  runDetached(spec: RunSpec): Promise<void> {
    return startDetached(this.docker, this.createContainer, this.platformId, spec);
  }

  runs(appId?: string): Promise<EngineRun[]> {
    return listRuns(this.docker, this.platformId, appId);
  }

  runEnd(runId: string, signal: AbortSignal): Promise<number | null> {
    return waitForRun(this.docker, this.#streams, this.platformId, runId, signal);
  }

  async removeRuns(appId?: string): Promise<void> {
    const labels = { [platformLabel]: this.platformId, [kindLabel]: "run" };
    const runs = await listContainers(
      this.docker,
      appId === undefined ? labels : { ...labels, [appLabel]: appId },
    );
    await Promise.all(runs.map(({ Id }) => removeContainer(this.docker, Id)));
  }

  diskUse(): AsyncGenerator<DiskUse> {
    return readDiskUse(this.docker, this.platformId);
  }

  events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    // A peak that cannot be measured is told as the limit.
    const measure = (containerId: string) =>
      void this.#instances.measurePeak(containerId).catch(() => undefined);
    return readEvents(this.#streams, this.platformId, signal, measure);
  }

  async version(): Promise<{ version: string; apiVersion: string }> {
    const { Version, ApiVersion } = await engineCall("Could not reach the engine", this.docker.version());
    return { version: Version, apiVersion: ApiVersion };
  }

  async info(): Promise<EngineInfo> {
    const [version, info] = await Promise.all([
      this.version(),
      engineCall("Could not ask the engine about itself", this.docker.info()) as Promise<DockerInfo>,
    ]);
    return { ...version, liveRestore: info.LiveRestoreEnabled, dataDir: info.DockerRootDir };
  }
}
