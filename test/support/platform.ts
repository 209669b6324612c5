import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { dataPaths } from "../../core/data-paths";
import { findProcesses } from "../../supervisor/processes/find";
import { isRunning, type ProcessIdentity, signal } from "../../supervisor/processes/identity";
import { allMarks } from "../../supervisor/roles/marks";
import { readStatus, type SupervisorStatus } from "../../supervisor/status-file";
import { engineThingsOf, removeEngineThingsOf } from "./engine-leftovers";
import { freePorts } from "./free-port";
import { type ProgramResult, runProgram } from "./run-program";

const checkout = join(__dirname, "../..");

export type RoleName = "router" | "postgres" | "redis" | "server" | "builder";

export interface PlatformOptions {
  /** More settings, or others: PAAS_DOMAIN, ... */
  env?: Record<string, string>;
  /** Holds `<role>/main.js`; else the checkout's build. */
  distDir?: string;
  /** For its data: a directory that is empty and its own; else one in its home. */
  dataOn?: string;
  /** Words before the supervisor's program; see `TestPlatform.launcher`. */
  launcher?: string[];
}

export interface CliOptions {
  input?: string;
  cwd?: string;
  env?: Record<string, string>;
}

export interface FetchOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A whole platform of its own: supervisor, databases, router, server, builder. `stop` leaves nothing of it behind. */
export class TestPlatform {
  readonly home = mkdtempSync(join(tmpdir(), "paas-test-"));
  readonly dataDir = join(this.home, "data");
  readonly env: Record<string, string>;
  /** Words before the supervisor's program, that run it in another world (another boot, another time). */
  launcher: string[];

  constructor(
    readonly httpPort: number,
    readonly apiPort: number,
    readonly options: PlatformOptions,
  ) {
    this.launcher = options.launcher ?? [];
    this.env = {
      PATH: process.env.PATH ?? "",
      HOME: this.home,
      LANG: "C.UTF-8",
      ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
      PAAS_DATA_DIR: this.dataDir,
      PAAS_HTTP_PORT: `${httpPort}`,
      PAAS_API_PORT: `${apiPort}`,
      PAAS_ADDRESS_POOL: addressPool(),
      PAAS_BALLAST: "16m",
      ...options.env,
    };
    // The database user must get through.
    chmodSync(this.home, 0o711);
    if (options.dataOn === undefined) mkdirSync(this.dataDir);
    else symlinkSync(options.dataOn, this.dataDir);
  }

  get id(): string {
    return readFileSync(dataPaths(this.dataDir).platformId, "utf8").trim();
  }

  /** The admin's. */
  get token(): string {
    return readFileSync(dataPaths(this.dataDir).adminToken, "utf8").trim();
  }

  get status(): SupervisorStatus | undefined {
    return readStatus(join(dataPaths(this.dataDir).run, "supervisor.json"));
  }

  /** Runs `paas <args>`. */
  cli(args: string[], { input, cwd, env }: CliOptions = {}): Promise<ProgramResult> {
    return runProgram(process.execPath, [join(checkout, "bin/paas"), ...args], {
      env: { ...this.env, ...env },
      cwd: cwd ?? this.home,
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Runs the supervisor's program: `up --detach`, `down`. */
  supervise(words: string[], { distDir } = this.options): Promise<ProgramResult> {
    const main = join(distDir ?? join(checkout, "dist"), "supervisor/main.js");
    const [command = process.execPath, ...argv] = [...this.launcher, process.execPath, main, ...words];
    return runProgram(command, argv, { env: this.env });
  }

  /** Starts it again after a death of its supervisor; throws with the whole output if it cannot be started. */
  async up(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.supervise(["up", "--detach"]);
    if (exitCode !== 0) throw new Error(`paas up --detach: exit code ${exitCode}\n${stdout}${stderr}`);
  }

  /** Asks the router for a page of a host, e.g. `shop.localhost`. */
  async fetch(
    host: string,
    path = "/",
    { method = "GET", headers, body }: FetchOptions = {},
  ): Promise<Answer> {
    const place = { host: "127.0.0.1", port: this.httpPort, path, method, agent: false };
    const call = request({ ...place, headers: { ...headers, host: `${host}:${this.httpPort}` } }).end(body);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  /** `kill -9` of one role; the supervisor starts it again. Resolves when it is gone. */
  async killRole(name: RoleName): Promise<void> {
    await kill(this.#roleProcess(name));
  }

  /** A role stands still while `act` runs, and sees only what came of it. */
  async whileHalted(name: RoleName, act: () => Promise<unknown>): Promise<void> {
    const { pid } = this.#roleProcess(name);
    process.kill(pid, "SIGSTOP");
    try {
      await act();
    } finally {
      process.kill(pid, "SIGCONT");
    }
  }

  /** `kill -9` of the supervisor; server and builder end with it. */
  async killSupervisor(): Promise<void> {
    const { status } = this;
    if (status !== undefined) await kill(status);
  }

  /** The power goes: all of it dies at once. */
  async cutPower(): Promise<void> {
    await this.killSupervisor();
    const left = () => allMarks(this.dataDir).flatMap(({ mark }) => findProcesses(mark));
    for (let found = left(); found.length > 0; found = left()) for (const one of found) await kill(one);
  }

  /** Ends a role with SIGTERM and resolves when the next one is recorded. */
  async restartRole(name: RoleName): Promise<void> {
    const old = this.#roleProcess(name);
    signal(old, "SIGTERM");
    while (!this.status?.roles.some((role) => role.name === name && role.pid !== old.pid)) await delay(25);
  }

  /** Stops it and removes everything; throws when a process outlives it. */
  async stop(): Promise<void> {
    const platformId = existsSync(dataPaths(this.dataDir).platformId) ? this.id : undefined;
    const { exitCode, stderr } = await this.supervise(["down"]);
    const left = allMarks(this.dataDir).filter(({ mark }) => findProcesses(mark).length > 0);
    if (platformId !== undefined) await removeEngineThingsOf(platformId);
    const things = platformId === undefined ? [] : await engineThingsOf(platformId);
    if (exitCode !== 0 || left.length > 0 || things.length > 0)
      throw new Error(
        `Left behind: ${[...left.map(({ name }) => name), ...things].join(", ")}; paas down: ${stderr}`,
      );
    rmSync(this.home, { recursive: true, force: true });
  }

  #roleProcess(name: RoleName): ProcessIdentity {
    const role = this.status?.roles.find((one) => one.name === name);
    if (role === undefined) throw new Error(`${name} does not run`);
    return role;
  }
}

/** A platform that is not started yet. */
export async function newPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const [httpPort = 0, apiPort = 0] = await freePorts(2);
  return new TestPlatform(httpPort, apiPort, options);
}

/** A platform that runs; needs `npm run build`, and the stack images where buildpack apps are pushed. */
export async function startPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const platform = await newPlatform(options);
  try {
    await platform.up();
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return platform;
}

async function kill(target: ProcessIdentity): Promise<void> {
  signal(target, "SIGKILL");
  while (isRunning(target)) await delay(10);
}

/** 64 networks of its own for every test process, so that platforms side by side do not race for the same ones. */
function addressPool(): string {
  const slice = process.pid % 256;
  return `10.${214 + (slice >> 4)}.${(slice & 15) * 16}.0/20`;
}
