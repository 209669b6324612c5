import type { Readable, Writable } from "node:stream";
import type { ContainerLimits } from "../../core/formation";
import type { ImageEntry } from "../../core/garbage";
import type { HealthCheck } from "../../core/healthcheck";
import type { AppProtocol } from "../../core/http-policy";
import type { Image } from "../../core/image";
import type { EngineInstance, InstanceSpec } from "../../core/instance";

/** What the scheduler and the actions need of an engine, in our own types. Errors are PaasErrors. All calls concern this platform's containers only. */
export interface Engine {
  /** Every instance of the platform, or of one app: running, exited and created ones. */
  list(appId?: string): Promise<EngineInstance[]>;
  /** Creates and starts. Already there with the same platform, id and spec hash is success (a created one is then started); else `conflict`. */
  start(spec: InstanceSpec): Promise<void>;
  /** SIGTERM, waits up to graceMs, SIGKILL. The container stays, exited, so that its last lines can be read. Gone is success. */
  end(instanceId: string, graceMs: number): Promise<void>;
  /** Ends as `end` does, then removes. Gone is success. */
  stop(instanceId: string, graceMs: number): Promise<void>;
  /**
   * Asks the address itself; without a wish by HTTP/1.1, and any answer will do. Never throws; a web instance that does not listen is
   * `{ready: false}`.
   */
  probe(address: string, port: number, timeoutMs: number, wish?: ProbeWish): Promise<ProbeResult>;
  /** Runs a command inside a running instance to its end, started as its image starts all others. One that takes too long, or whose instance does not run, has no exit code. */
  exec(instanceId: string, argv: string[], timeoutMs: number): Promise<ExecResult>;
  /** What listens inside a running container, e.g. ["127.0.0.1:3000"], to tell people why nothing answers. Empty when unknown. */
  listeners(instanceId: string): Promise<string[]>;
  /**
   * Lines of stdout and stderr of an instance or a one-off without TTY, after a cursor (exclusive), following until aborted or its end.
   * Named by its instance or run id (or by its container's name). A container that is gone has no lines.
   */
  logs(instanceId: string, options: LogOptions): AsyncIterable<LogEntry>;
  /**
   * Creates the container of a release command, attached to nothing, without starting it. It goes by the release's id, to `logs`, `end` and
   * `stop` too; already there is success.
   */
  createCommand(spec: CommandSpec): Promise<void>;
  /** Starts it, once: one that has started, or is gone, stays as it is. Throws `invalid` when its program cannot be started. */
  startCommand(releaseId: string): Promise<void>;
  /** Containers of release commands, of the platform or of one app. */
  commands(appId?: string): Promise<EngineCommand[]>;
  /** Starts a one-off container (`run.1234`), attached. */
  run(spec: RunSpec): Promise<RunSession>;
  /** Starts a one-off that nobody is attached to; its output is read with `logs`. It goes by its id, to `end` and `stop` too. */
  runDetached(spec: RunSpec): Promise<void>;
  /** One-offs that have a container, of the platform or of one app. */
  runs(appId?: string): Promise<EngineRun[]>;
  /** Resolves with the exit code when a one-off that was started has ended; null when its container is gone. Throws when aborted. */
  runEnd(runId: string, signal: AbortSignal): Promise<number | null>;
  /** Removes all one-offs, or those of one app. */
  removeRuns(appId?: string): Promise<void>;
  /** What each running container of the platform keeps on disk: instances, one-offs, release commands. */
  diskUse(): AsyncIterable<DiskUse>;
  /** Starts and ends of the platform's containers, until aborted; ends early when the engine does (the caller comes back). */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;
  version(): Promise<{ version: string; apiVersion: string }>;
  /** What the doctor asks of it. */
  info(): Promise<EngineInfo>;
}

export interface DiskUse {
  appId: string;
  /** Of the instance or run; a command's is its release's. */
  id: string;
  kind: "instance" | "run" | "command";
  /** The process type whose limits it has. */
  type: string;
  bytes: number;
}

export interface EngineInfo {
  version: string;
  apiVersion: string;
  /** Whether containers outlive a restart of the engine. */
  liveRestore: boolean;
  /** Where it keeps images and containers, on its host. */
  dataDir: string;
}

export interface ProbeResult {
  ready: boolean;
  /** Which check it was: `http 200` or why not: `connection refused`, `no HTTP answer`. */
  seen: string;
}

/** What a health check asks for. */
export type ProbeWish =
  | { kind: "tcp" }
  /** Any answer to a GET for `/`. */
  | { kind: "any"; protocol: AppProtocol }
  /** SERVING, by the gRPC health checking protocol; of the server as a whole when `service` is empty. */
  | { kind: "grpc"; service: string }
  | {
      kind: "http";
      protocol: AppProtocol;
      path: string;
      headers: Record<string, string>;
      /** null: 200 to 399. */
      statuses: number[] | null;
      content: string | null;
    };

export interface ExecResult {
  exitCode: number | null;
  /** The end of what it wrote, or why it has no exit code. */
  output: string;
}

export interface EngineEvent {
  appId: string;
  instanceId: string;
  what: "start" | "die";
}

export interface LogOptions {
  since: LogCursor | null;
  follow: boolean;
  signal: AbortSignal;
  /** Of what there is only so many of the newest entries. */
  tail?: number;
}

/** Where reading stopped in both streams: opaque. */
export type LogCursor = string;

export interface LogEntry {
  cursor: LogCursor;
  at: Date;
  stream: "stdout" | "stderr";
  /** Without its newline; at most 16 KiB as the engine splits. */
  text: string;
}

/** A release command as it is started. */
export interface CommandSpec {
  appId: string;
  appName: string;
  releaseId: string;
  version: number;
  image: Image;
  env: Record<string, string>;
  /** Empty: the image's own ENTRYPOINT and CMD stand. */
  argv: string[];
  limits: ContainerLimits;
}

export interface EngineCommand {
  appId: string;
  releaseId: string;
  version: number;
  state: "created" | "running" | "exited";
  exitCode: number | null;
}

export interface RunSpec {
  id: string;
  /** run.1234 */
  name: string;
  spec: Omit<InstanceSpec, "id" | "slot" | "type" | "generation" | "specHash" | "address" | "command">;
  /** As `oneOffLaunch` makes it; empty: the image's own ENTRYPOINT and CMD stand. */
  argv: string[];
  tty: boolean;
  stdin: boolean;
  size?: { columns: number; rows: number };
}

export interface EngineRun {
  id: string;
  appId: string;
  state: EngineInstance["state"];
}

export interface RunSession {
  /** Bytes as they are; `end()` closes the program's stdin and leaves its output open. */
  stdin: Writable | null;
  stdout: Readable;
  /** Absent with a TTY. */
  stderr: Readable | null;
  resize(columns: number, rows: number): Promise<void>;
  signal(name: string): Promise<void>;
  /** Resolves with the exit code when the process has ended and its output was read. */
  exited: Promise<number>;
  /** SIGTERM, 10 s, SIGKILL, removes the container. Idempotent. */
  end(): Promise<void>;
}

/** Networks of apps: one bridge an app, a /26 of the platform's pool each. */
export interface Networks {
  /** Makes the app's network if needed and returns its subnet; `unavailable`, with the figures, when the pool is full. */
  ensure(appId: string): Promise<{ subnet: string }>;
  /** Gone is success; `conflict` while containers are attached. */
  remove(appId: string): Promise<void>;
  /**
   * Every range (CIDR, IPv4 or IPv6) that containers of this engine (apps', builds', other platforms') may call from. The API refuses
   * such peers; so ranges that containers share with the host's neighbours (macvlan, ipvlan) are not among them.
   */
  ranges(): Promise<string[]>;
  usage(): Promise<NetworkUsage>;
}

export interface NetworkUsage {
  /** App networks that fit into the pool, and how many of them nobody uses. */
  total: number;
  free: number;
  /** App ids of this platform's networks. */
  owners: string[];
}

export interface Images {
  exists(imageId: string): Promise<boolean>;
  /** Gives an image another name; throws `not_found` when it is gone. */
  tag(imageId: string, imageRef: string): Promise<void>;
  /** Untags and removes; gone or still in use is success. */
  remove(imageRef: string): Promise<void>;
  /** Names of images that are one app's, also where another app's build made the image. */
  list(appId: string): Promise<string[]>;
  /** Ids of the apps whose images these are, one an image. */
  owners(): Promise<string[]>;
  /** Every name of the platform's images, and those it built that have none left. */
  inventory(): Promise<ImageEntry[]>;
  /** What an image says of itself; null when it is not on the engine. */
  describe(ref: string): Promise<ForeignImage | null>;
  /** Fetches it from its registry; throws `unavailable` or what the registry says. */
  pull(ref: string): Promise<void>;
}

/** An image that was made elsewhere. */
export interface ForeignImage {
  id: string;
  labels: Record<string, string>;
  /** e.g. ["3000/tcp"] */
  exposed: string[];
  hasCommand: boolean;
  /** Its HEALTHCHECK as checks of an instance. */
  healthChecks: HealthCheck[];
  bytes: number;
}

/** What an engine keeps so that builds are fast. */
export interface BuildCache {
  bytes(): Promise<number>;
  /** Removes the least used of it until so much is left; returns how many bytes went. */
  prune(keepBytes: number): Promise<number>;
}
