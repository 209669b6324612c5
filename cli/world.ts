import type { ReadStream, WriteStream } from "node:tty";

/** Everything of the process the CLI touches, so that tests can give their own. Built in main.ts, the only reader of `process.env`. */
export interface World {
  stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY" | "setRawMode">>;
  stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">>;
  stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">>;
  settings: CliSettings;
  cwd: string;
  version: string;
  now(): Date;
  /** Runs until the returned function is called; SIGINT, SIGTERM, SIGHUP and SIGWINCH of this process. */
  onSignal(name: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGWINCH", act: () => void): () => void;
  /** What Ctrl-C leaves said when it ends this process; until the returned function is called. */
  lastWords(text: string): () => void;
}

/** What the environment says to the CLI. */
export interface CliSettings {
  /** PAAS_SERVER, PAAS_TOKEN, PAAS_APP */
  server: string | undefined;
  token: string | undefined;
  app: string | undefined;
  /** Where login and git credentials lie, e.g. ~/.config/paas */
  configDir: string;
  /** The platform of this machine: its API and its admin token's file. */
  localServer: string;
  adminTokenFile: string;
  /** The supervisor's status file of this machine. */
  supervisorFile: string;
  /** The supervisor's program, for up and down. */
  supervisorMain: string;
  /** The router's program. */
  routerMain: string;
  /** For a look at this machine while its server is down. */
  dataDir: string;
  httpPort: number;
  dockerHost: string;
  terminal: string | undefined;
}
