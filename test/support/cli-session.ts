import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { dispatch } from "../../cli/dispatch";
import type { World } from "../../cli/world";

export interface CliRun {
  stdout: string;
  stderr: string;
  exitCode: number;
  /** What Ctrl-C would have left said at any time of it. */
  lastWords: string[];
}

/** A home and a working directory in which command lines run in this process. */
export interface CliSession {
  dir: string;
  configDir: string;
  run(
    argv: string[],
    options?: { input?: string | Buffer; token?: string | undefined; app?: string; tty?: boolean },
  ): Promise<CliRun>;
  /** A command line with all it printed, as a golden file keeps it. */
  transcript(argv: string[], options?: Parameters<CliSession["run"]>[1]): Promise<string>;
  clean(): void;
}

export function openCli(serverUrl: string, token?: string): CliSession {
  const dir = mkdtempSync(join(tmpdir(), "paas-cli-"));
  const configDir = join(dir, "config");
  const adminTokenFile = join(dir, "admin.token");
  if (token !== undefined) writeFileSync(adminTokenFile, `${token}\n`);
  const session: CliSession = {
    dir,
    configDir,
    async run(argv, options = {}) {
      const [stdout, stderr] = [new Collector(options.tty), new Collector(options.tty)];
      const lastWords: string[] = [];
      const stdin = new PassThrough();
      stdin.end(options.input ?? "");
      const world: World = {
        stdin,
        stdout,
        stderr,
        settings: {
          server: undefined,
          token: options.token,
          app: options.app,
          configDir,
          localServer: serverUrl,
          adminTokenFile,
          supervisorFile: join(dir, "supervisor.json"),
          supervisorMain: join(dir, "supervisor.js"),
          routerMain: join(dir, "router.js"),
          dataDir: join(dir, "data"),
          httpPort: 1,
          dockerHost: `unix://${join(dir, "docker.sock")}`,
          terminal: "xterm",
        },
        cwd: dir,
        version: "0.0.0",
        now: () => new Date("2026-11-20T11:30:00.000Z"),
        onSignal: () => () => undefined,
        lastWords(text) {
          lastWords.push(text);
          return () => undefined;
        },
      };
      const exitCode = await dispatch(argv, world);
      return { stdout: stdout.text(), stderr: stderr.text(), exitCode, lastWords };
    },
    async transcript(argv, options) {
      const { stdout, stderr, exitCode } = await session.run(argv, options);
      const text = `$ paas ${argv.join(" ")}\n${stdout}--- stderr\n${stderr}--- exit ${exitCode}\n`;
      return text.replaceAll(serverUrl, "http://127.0.0.1:8081").replaceAll(dir, "<dir>");
    },
    clean: () => rmSync(dir, { recursive: true, force: true }),
  };
  return session;
}

class Collector extends PassThrough {
  readonly isTTY: boolean;
  readonly columns = 100;
  readonly rows = 30;
  readonly #chunks: Buffer[] = [];
  constructor(tty = false) {
    super();
    this.isTTY = tty;
    this.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

const folder = join(__dirname, "../transcripts/cli");

/** Compares with test/transcripts/cli/<name>.txt; UPDATE_TRANSCRIPTS=1 writes it instead, for a look at the diff. */
export function expectGolden(name: string, text: string): void {
  const file = join(folder, `${name}.txt`);
  if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}
