import { newId } from "../../core/id";
import type { EngineInstance, InstanceSpec } from "../../core/instance";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import type { Engine } from "../../server/engines/engine";
import type { EngineParts } from "../../server/engines/open";
import { clear, dockerWorld, testPlatform } from "../contract/engine-worlds";
import { instanceSpec } from "./engine-specs";

/** One app's network on the real engine under a platform id of its own; `close` removes all of it. */
export class DockerTestApp {
  readonly appId = newId();
  #addresses: string[] = [];

  private constructor(
    readonly parts: EngineParts,
    readonly baseRef: string,
  ) {}

  static async open(platformId = testPlatform()): Promise<DockerTestApp> {
    const world = await dockerWorld();
    const app = new DockerTestApp(world.open(platformId), world.image.ref);
    app.#addresses = instanceAddresses((await app.parts.networks.ensure(app.appId)).subnet);
    return app;
  }

  get engine(): Engine {
    return this.parts.engine;
  }

  spec(command: string, over: Partial<InstanceSpec> = {}): InstanceSpec {
    const image = { id: this.baseRef, ref: this.baseRef, madeBy: "buildpack", port: 5000 } as const;
    return instanceSpec(image, this.appId, this.#addresses.shift() ?? "", { command, ...over });
  }

  /** Starts an instance and returns when it has said each of the lines (in any order). */
  async startUntil(spec: InstanceSpec, lines: string[]): Promise<void> {
    await this.engine.start(spec);
    const missing = new Set(lines);
    const { signal } = new AbortController();
    const entries = this.engine.logs(spec.id, { since: null, follow: true, signal });
    for await (const { text } of entries) if (missing.delete(text) && missing.size === 0) return;
    if (missing.size > 0) throw new Error(`${spec.command} ended without saying ${[...missing].join(", ")}`);
  }

  /** All that an instance has said by its end. */
  async output(id: string): Promise<string[]> {
    const lines: string[] = [];
    const { signal } = new AbortController();
    for await (const { text } of this.engine.logs(id, { since: null, follow: true, signal }))
      lines.push(text);
    return lines;
  }

  async instance(id: string): Promise<EngineInstance | undefined> {
    return (await this.engine.list(this.appId)).find((instance) => instance.id === id);
  }

  close(): Promise<void> {
    return clear(this.parts, [this.appId]);
  }
}
