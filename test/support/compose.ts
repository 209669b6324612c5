import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Docker from "dockerode";
import { newId } from "../../core/id";
import { baseImage } from "./base-image";
import { removeEngineThingsOf } from "./engine-leftovers";
import { freePorts } from "./free-port";
import { type ProgramResult, runProgram } from "./run-program";

const checkout = join(__dirname, "../..");
const standInFile = join(checkout, "test/fixtures/compose/docker-compose.yml");

/** The checkout's docker-compose.yml as a project of its own, on stand-ins for the public images. `remove` leaves nothing behind. */
export class ComposeProject {
  readonly name = `paas-test-${newId(8)}`;
  readonly home = mkdtempSync(join(tmpdir(), "paas-compose-"));
  readonly settings: Record<string, string>;

  private constructor(
    readonly httpPort: number,
    readonly apiPort: number,
    databasePorts: [postgres: number, redis: number],
  ) {
    this.settings = {
      PAAS_POSTGRES_PASSWORD: newId(24),
      PAAS_REDIS_PASSWORD: newId(24),
      PAAS_NODE_IMAGE: `${this.name}:node`,
      PAAS_POSTGRES_IMAGE: `${this.name}:postgres`,
      PAAS_REDIS_IMAGE: `${this.name}:redis`,
      PAAS_IMAGE: `${this.name}:paas`,
      PAAS_HTTP_PORT: String(httpPort),
      PAAS_API_PORT: String(apiPort),
      PAAS_POSTGRES_PORT: String(databasePorts[0]),
      PAAS_REDIS_PORT: String(databasePorts[1]),
      PAAS_ADDRESS_POOL: "10.214.192.0/20",
    };
  }

  /** Builds all images; takes minutes the first time. */
  static async build(): Promise<ComposeProject> {
    const [http = 0, api = 0, postgres = 0, redis = 0] = await freePorts(4);
    const project = new ComposeProject(http, api, [postgres, redis]);
    writeFileSync(join(project.home, "env"), lines(project.settings), { mode: 0o600 });
    await project.#buildStandIns();
    await project.compose("build", "server");
    return project;
  }

  /** `docker-compose <words>`, with nothing of this shell's environment that could change what it means; throws when it fails. */
  async compose(...words: string[]): Promise<ProgramResult> {
    return this.#run(["--project-name", this.name, "--env-file", join(this.home, "env"), ...words]);
  }

  /** Runs a program in a running service. */
  inService(service: string, ...words: string[]): Promise<ProgramResult> {
    return this.compose("exec", "-T", service, ...words);
  }

  /** `paas <words>`, run beside the server. */
  paas(...words: string[]): Promise<ProgramResult> {
    return this.inService("server", "paas", ...words);
  }

  async platformId(): Promise<string> {
    return (await this.inService("server", "cat", "/var/lib/paas/platform-id")).stdout.trim();
  }

  /** All of it: apps, roles, volumes, images, files. */
  async remove(): Promise<void> {
    const platformId = await this.platformId().catch(() => null);
    await this.compose("down", "--volumes", "--rmi", "all");
    if (platformId) await removeEngineThingsOf(platformId);
    await this.#standIns("down", "--rmi", "all");
    await new Docker().pruneImages({ filters: { dangling: ["true"], label: ["paas.stage=build"] } });
    rmSync(this.home, { recursive: true, force: true });
  }

  async #buildStandIns(): Promise<void> {
    const context = join(this.home, "context");
    const node = join(context, "node");
    cpSync(dirname(standInFile), context, { recursive: true });
    mkdirSync(join(node, "bin"), { recursive: true });
    cpSync(process.execPath, join(node, "bin/node"));
    cpSync(hostNpm(), join(node, "lib/node_modules/npm"), { recursive: true });
    symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(node, "bin/npm"));
    await this.#standIns("build");
  }

  async #standIns(...words: string[]): Promise<void> {
    const env = { CONTEXT: join(this.home, "context"), BASE: await baseImage(), ...this.settings };
    await this.#run(["--project-name", `${this.name}-images`, "--file", standInFile, ...words], env);
  }

  async #run(words: string[], more: Record<string, string> = {}): Promise<ProgramResult> {
    const dockerHost = process.env.DOCKER_HOST;
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: this.home,
      ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
      ...more,
    };
    const result = await runProgram("docker-compose", words, { cwd: checkout, env });
    if (result.exitCode !== 0)
      throw new Error(
        `docker-compose ${words.join(" ")}: ${result.exitCode}\n${result.stdout}${result.stderr}`,
      );
    return result;
  }
}

/** npm as it lies beside the node that runs this. */
function hostNpm(): string {
  const npm = join(dirname(process.execPath), "../lib/node_modules/npm");
  if (!existsSync(npm)) throw new Error(`There is no npm at ${npm}: this test copies the host's.`);
  return npm;
}

const lines = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
