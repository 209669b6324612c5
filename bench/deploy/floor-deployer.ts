import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { waitForAnswer } from "./answer";
import { buildImage } from "./build-image";

const port = 5000;
const patienceMs = 60_000;

interface Deployed {
  ref: string;
  container: string | null;
}

/** Build, start, first answer, for one repository; knows the text that the next deploy must answer with. */
export class FloorDeployer {
  readonly #docker: Docker;
  readonly #repository: string;
  readonly #name = `paas-bench/floor-${randomBytes(4).toString("hex")}`;
  #deployed: Deployed[] = [];
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
    const deployed: Deployed = { ref: `${this.#name}:${commit.slice(0, 12)}`, container: null };
    this.#deployed.push(deployed);
    await buildImage(this.#docker, Readable.from([await buffer(archive.stdout)]), deployed.ref);
    const container = await this.#docker.createContainer({
      Image: deployed.ref,
      Env: [`PORT=${port}`],
      HostConfig: { Init: true },
    });
    deployed.container = container.id;
    await container.start();
    const { Networks } = (await container.inspect()).NetworkSettings;
    const address = Networks.bridge?.IPAddress ?? "";
    await waitForAnswer({ address, port, host: "floor" }, this.#wanted, AbortSignal.timeout(patienceMs));
    this.servedAt = performance.now();
  }

  /** Not measured, like the platform's draining. */
  async removeReplaced(): Promise<void> {
    for (const replaced of this.#deployed.splice(0, this.#deployed.length - 1)) await this.#remove(replaced);
  }

  async stop(): Promise<void> {
    for (const deployed of this.#deployed.splice(0)) await this.#remove(deployed);
  }

  async #remove({ ref, container }: Deployed): Promise<void> {
    if (container !== null) await this.#docker.getContainer(container).remove({ force: true, v: true });
    await this.#docker.getImage(ref).remove({ force: true });
  }
}
