import type { Logger } from "../core/logger";
import type { Metrics } from "../core/metrics";
import type { TableChange } from "../core/route-table";
import type { RouterView } from "../core/wire/router";
import type { AccessLine } from "./access-log";
import type { KnownTable } from "./known-table";
import type { ListenOptions } from "./listener";
import type { WorkerReport } from "./report";
import type { Certificates } from "./tls/certificates";
import type { WorkerSettings } from "./worker";

export interface CrewOptions {
  settings: WorkerSettings;
  /** What it routes by; it takes changes first. */
  table: KnownTable;
  /** Those of the tables. */
  certificates: Certificates;
  /** Opens them; null: no TLS. */
  certificateKey: Buffer | null;
  /** For the port of http, while another program holds it. */
  waiting: Pick<ListenOptions, "patienceMs" | "onHeld">;
  /** Takes the access line of a request to an app. */
  log: (line: AccessLine) => void;
  /** Called when something is worth telling at once. */
  onNews: () => void;
  logger: Logger;
}

/** What serves requests: this process by itself, or workers of it. */
export interface Crew {
  /** Begins, with the table that it was given before, if any. Rejects when it cannot. */
  start(): Promise<void>;
  /**
   * Routes by a changed table whose certificates are here; false for a change of another version. Resolves when all of it do; one that is
   * late does not hold the others up, but shows in the report.
   */
  take(change: TableChange): Promise<boolean>;
  /** What all of it do, together. */
  report(): Promise<WorkerReport>;
  /** What all of it measured, together; what rises does so for as long as this process lives. */
  metrics(): Promise<Metrics>;
  /** Its processes, and how its last reload went. */
  view(): Promise<RouterView>;
  /**
   * Begins to let new workers succeed the present ones: by the program that is on disk now, on the same sockets. Throws `conflict` when it
   * cannot. Returns them as they are just now.
   */
  reload(): RouterView;
  /** Opens the door for http. Rejects when it cannot be opened. */
  openHttp(): Promise<void>;
  /** Opens the door for https if there is a certificate; resolves when it is open, or cannot be. */
  openHttps(): Promise<void>;
  /** Stops accepting and lets what is in flight end, within a limit. */
  end(): Promise<void>;
}
