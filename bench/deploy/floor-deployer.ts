import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { waitForAnswer } from "./answer";
import { buildImage } from "./build-image";

const port = 5000;
const patienceMs = 60_000;

/** Build, start, first answer, for one repository; knows the text that the next deploy must answer with. */
export class FloorDeployer {
  readonly #docker: Docker;
  readonly #repository: string;
  readonly #ref = `paas-bench/floor:${randomBytes(4).toString("hex")}`;
  #containers: string[] = [];
  #wanted = "";
  /** `performance.now()` of the first answer that showed the newest change. */
  servedAt = 0;

  constructor(docker: Docker, repository: string) {
    this.#docker = docker;
    this.#repository = repository;
  }

  expect(text: string): void {
    this.#wanted = text;
    this.servedAt = 0;
  }

  async deploy(commit: string): Promise<void> {
    const archive = spawn("git", ["archive", "--format=tar", commit], {
      cwd: this.#repository,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await buildImage(this.#docker, Readable.from([await buffer(archive.stdout)]), this.#ref);
    const container = await this.#docker.createContainer({
      Image: this.#ref,
      Env: [`PORT=${port}`],
      HostConfig: { Init: true },
    });
    this.#containers.push(container.id);
    await container.start();
    const { Networks } = (await container.inspect()).NetworkSettings;
    const address = Networks.bridge?.IPAddress ?? "";
    await waitForAnswer({ address, port, host: "floor" }, this.#wanted, AbortSignal.timeout(patienceMs));
    this.servedAt = performance.now();
  }

  /** Not measured, like the platform's draining. */
  async removeReplaced(): Promise<void> {
    const replaced = this.#containers.slice(0, -1);
    this.#containers = this.#containers.slice(-1);
    await this.#remove(replaced);
  }

  async stop(): Promise<void> {
    await this.#remove(this.#containers);
    await this.#docker.getImage(this.#ref).remove({ force: true });
  }

  async #remove(ids: string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#docker.getContainer(id).remove({ force: true, v: true })));
  }
}
