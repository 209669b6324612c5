import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { imageSeals } from "../../builder/image/app-seal";
import { dockerImages } from "../../builder/image/docker-images";
import type { ImageEngine } from "../../builder/image/image-engine";
import type { BuildJob, BuildOutcome, BuildResult } from "../../core/build";
import { dataPaths } from "../../core/data-paths";
import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import { imageRef } from "../../core/image";
import { keysFor } from "../../core/keys";
import { redisSocketUrl } from "../../core/redis-url";
import { BuildQueue } from "../../server/queue/build-queue";
import { copyFixture, type FixtureName } from "./fixture-app";

const checkout = join(__dirname, "../..");
const token = "token-of-the-build";

/** A queue on a Redis of its own, a server that gives sources, and builders as real processes. `close` leaves nothing behind. */
export class BuilderRig {
  readonly directory = mkdtempSync(join(tmpdir(), "paas-builder-"));
  readonly platformId = `t${newId(8)}`;
  readonly images: ImageEngine;
  readonly #refs: string[] = [];
  readonly #builders: ChildProcess[] = [];
  readonly #sources = new Map<string, Buffer>();
  /** Config that builds get, by build. */
  readonly configs = new Map<string, Record<string, string>>();
  readonly #stop = new AbortController();
  /** How many more requests for sources are cut off, as by a server that has just died. */
  serverAwayFor = 0;
  #redis!: ChildProcess;
  #server!: Server;
  #queue!: BuildQueue;

  private constructor(readonly dockerHost: string) {
    this.images = dockerImages(dockerHost);
  }

  static async open(
    dockerHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock",
  ): Promise<BuilderRig> {
    const rig = new BuilderRig(dockerHost);
    const paths = dataPaths(rig.directory);
    mkdirSync(paths.run, { recursive: true });
    const socket = join(rig.directory, "redis.sock");
    const url = redisSocketUrl(socket, "secret");
    const argv = [
      "--port",
      "0",
      "--unixsocket",
      socket,
      "--requirepass",
      "secret",
      "--save",
      "",
      "--dir",
      rig.directory,
    ];
    rig.#redis = spawn("redis-server", argv, { stdio: ["ignore", "pipe", "inherit"] });
    await saysReady(rig.#redis);
    writeFileSync(paths.platformId, rig.platformId);
    writeFileSync(paths.secretKey, "0".repeat(64));
    writeFileSync(paths.redisUrl, url);
    rig.#queue = new BuildQueue(url, keysFor(rig.platformId), () => {});
    await rig.#serveSources();
    return rig;
  }

  /** Starts a builder process; resolves when it takes builds. */
  async startBuilder(settings: Record<string, string> = {}): Promise<ChildProcess> {
    const env = {
      DOCKER_HOST: this.dockerHost,
      ...settings,
      PATH: process.env.PATH ?? "",
      HOME: this.directory,
      PAAS_DATA_DIR: this.directory,
    };
    const main = join(checkout, "dist/builder/main.js");
    const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#builders.push(child);
    await once(child, "message");
    return child;
  }

  /** A copy of a fixture. */
  async fixture(name: FixtureName): Promise<string> {
    const directory = join(this.directory, newId());
    await copyFixture(name, directory);
    return directory;
  }

  /** A directory of its own with these files. */
  source(files: Record<string, string>): string {
    const directory = join(this.directory, newId());
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return directory;
  }

  /** A job for the files of a directory, or for an archive made by hand. */
  job(source: string | Buffer, over: Partial<BuildJob> = {}): BuildJob {
    const buildId = newId();
    const appId = newId();
    this.#sources.set(`/${buildId}`, typeof source === "string" ? archiveOf(source) : source);
    const seal = imageSeals(new Sensitive("0".repeat(64)));
    this.#refs.push(imageRef(this.platformId, over.appId ?? appId, buildId, seal(over.appId ?? appId)));
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return {
      buildId,
      appId,
      appName: "shop",
      commit: "c".repeat(40),
      commitDate: "2026-11-20T10:00:00Z",
      sourceUrl: `${origin}/${buildId}`,
      configUrl: `${origin}/${buildId}/config`,
      branch: "main",
      sourceToken: token,
      procfile: typeof source === "string" ? blob(source, "Procfile") : null,
      appJson: typeof source === "string" ? blob(source, "app.json") : null,
      ...over,
    };
  }

  /** Hands a build over and waits for its end. */
  async build(job: BuildJob): Promise<{ outcome: BuildOutcome; transcript: string }> {
    const [outcome, transcript] = await Promise.all([this.outcome(job), this.transcript(job)]);
    return { outcome, transcript };
  }

  outcome(job: BuildJob): Promise<BuildOutcome> {
    return this.#queue.outcome(job, this.#stop.signal);
  }

  cancel(job: BuildJob): Promise<void> {
    return this.#queue.cancel(job.buildId);
  }

  /** What a command prints in the image of a build. */
  inImage({ image }: BuildResult, ...command: string[]): string {
    const argv = ["run", "--rm", "--entrypoint", "", image.id, ...command];
    return execFileSync("docker", argv, { encoding: "utf8" });
  }

  async transcript(job: BuildJob): Promise<string> {
    let text = "";
    for await (const chunk of this.#queue.output(job.buildId, this.#stop.signal)) text += chunk;
    return text;
  }

  /** Resolves when a build has said something. */
  async hasSaid(job: BuildJob, wanted: string): Promise<void> {
    let text = "";
    for await (const chunk of this.#queue.output(job.buildId, this.#stop.signal)) {
      text += chunk;
      if (text.includes(wanted)) return;
    }
    throw new Error(`the build ended without saying ${wanted}:\n${text}`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const child of this.#builders) await ended(child);
    await this.#queue.close();
    await ended(this.#redis);
    await new Promise((resolve) => this.#server.close(resolve));
    for (const ref of this.#refs) if (await this.images.inspect(ref)) await this.images.untag(ref);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #configOf(url: string): string | undefined {
    const [, buildId] = /^\/(\w+)\/config$/.exec(url) ?? [];
    return buildId === undefined ? undefined : JSON.stringify(this.configs.get(buildId) ?? {});
  }

  async #serveSources(): Promise<void> {
    this.#server = createServer((request, response) => {
      const source = this.#sources.get(request.url ?? "") ?? this.#configOf(request.url ?? "");
      if (this.serverAwayFor > 0) {
        this.serverAwayFor -= 1;
        request.socket.destroy();
      } else if (request.headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
      else if (source) response.end(source);
      else response.writeHead(404).end();
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }
}

async function saysReady(redis: ChildProcess): Promise<void> {
  for await (const chunk of redis.stdout ?? []) if (String(chunk).includes("eady to accept")) break;
  redis.stdout?.resume();
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

const archiveOf = (directory: string): Buffer =>
  execFileSync("tar", ["-cf", "-", "-C", directory, "."], { maxBuffer: 1 << 28 });

const blob = (directory: string, name: string): string | null =>
  existsSync(join(directory, name)) ? readFileSync(join(directory, name), "utf8") : null;
