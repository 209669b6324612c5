import type { Duplex, Readable } from "node:stream";
import type { EngineInstance, InstanceSpec } from "../../core/instance";

/** What the scheduler and the actions need of an engine, in our own types. Errors are PaasErrors. All calls concern this platform's containers only. */
export interface Engine {
  /** Every instance of the platform, or of one app: running, exited and created ones. */
  list(appId?: string): Promise<EngineInstance[]>;
  /** Creates and starts. Already there with the same platform, id and spec hash is success (a created one is then started); else `conflict`. */
  start(spec: InstanceSpec): Promise<void>;
  /** SIGTERM, waits up to graceMs, SIGKILL, removes. Gone is success. */
  stop(instanceId: string, graceMs: number): Promise<void>;
  /** Asks the address itself: TCP connect, then any HTTP status line. Never throws; a web instance that does not listen is `{ready: false}`. */
  probe(address: string, port: number, timeoutMs: number): Promise<ProbeResult>;
  /** What listens inside a running container, e.g. ["127.0.0.1:3000"], to tell people why nothing answers. Empty when unknown. */
  listeners(instanceId: string): Promise<string[]>;
  /** Lines of stdout and stderr of instances and detached one-offs since an instant (exclusive), following until aborted or its end. */
  logs(containerName: string, options: { since: LogCursor | null; follow: boolean; signal: AbortSignal }): AsyncIterable<LogEntry>;
  /** Starts a one-off container (`run.1234`), attached. */
  run(spec: RunSpec): Promise<RunSession>;
  /** Removes one-offs a dead server left behind. */
  removeRuns(): Promise<void>;
  /** Starts and ends of the platform's containers, until aborted; ends early when the engine does (the caller comes back). */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;
  version(): Promise<{ version: string; apiVersion: string }>;
}

export interface ProbeResult {
  ready: boolean;
  /** Which check it was: `http 200` or why not: `connection refused`, `no HTTP answer`. */
  seen: string;
}

export interface EngineEvent {
  appId: string;
  instanceId: string;
  what: "start" | "die";
}

/** The engine's RFC 3339 time stamp with nanoseconds of the last line that was read. */
export type LogCursor = string;

export interface LogEntry {
  cursor: LogCursor;
  at: Date;
  stream: "stdout" | "stderr";
  /** Without its newline; at most 16 KiB as the engine splits. */
  text: string;
}

export interface RunSpec {
  id: string;
  /** run.1234 */
  name: string;
  spec: Omit<InstanceSpec, "slot" | "type" | "generation" | "specHash" | "address" | "command">;
  argv: string[];
  tty: boolean;
  stdin: boolean;
  size?: { columns: number; rows: number };
}

export interface RunSession {
  stdin: Duplex | null;
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
  /** Makes the app's network if needed and returns its subnet. */
  ensure(appId: string): Promise<{ subnet: string }>;
  remove(appId: string): Promise<void>;
}

export interface Images {
  exists(imageId: string): Promise<boolean>;
  /** Untags and removes; gone or still in use is success. */
  remove(imageRef: string): Promise<void>;
  /** Refs of the platform's images of one app. */
  list(appId: string): Promise<string[]>;
}

/** Addresses usable for instances of a subnet: all but network, gateway (first) and broadcast, in order. */
export function instanceAddresses(subnet: string): string[] {
  const [base = "", bits = "26"] = subnet.split("/");
  const start = base.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(bits));
  return Array.from({ length: size - 3 }, (_, index) => {
    const address = start + index + 2;
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
  });
}
