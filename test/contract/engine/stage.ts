import { newId } from "../../../core/id";
import type { EngineInstance, InstanceSpec } from "../../../core/instance";
import { instanceAddresses } from "../../../server/engines/docker/subnet-addresses";
import type { LogEntry } from "../../../server/engines/engine";
import type { EngineParts } from "../../../server/engines/open";
import { instanceSpec } from "../../support/engine-specs";
import { serve } from "../../support/programs";
import { clear, type EngineWorld, testPlatform } from "../engine-worlds";

/** A platform on the engine of a world, and an app of its with a network. */
export class EngineStage {
  readonly appId = newId();
  world!: EngineWorld;
  parts!: EngineParts;
  #addresses: string[] = [];
  readonly #others: EngineParts[] = [];

  /** One for the tests of a `describe`. */
  static use(makeWorld: () => Promise<EngineWorld>): EngineStage {
    const stage = new EngineStage();
    beforeAll(async () => stage.#open(await makeWorld()));
    afterAll(() => stage.#close());
    return stage;
  }

  readonly spec = (over: Partial<InstanceSpec> = {}): InstanceSpec =>
    instanceSpec(this.world.image, this.appId, this.#addresses.shift() ?? "", { command: serve(), ...over });

  readonly find = async (id: string): Promise<EngineInstance | undefined> =>
    (await this.parts.engine.list(this.appId)).find((instance) => instance.id === id);

  readonly entries = async (id: string, since: string | null = null, follow = false): Promise<LogEntry[]> => {
    const read: LogEntry[] = [];
    const { signal } = new AbortController();
    for await (const entry of this.parts.engine.logs(id, { since, follow, signal })) read.push(entry);
    return read;
  };

  /** Reads until the line comes, i.e. the program is so far. */
  readonly sees = async (id: string, line: string): Promise<void> => {
    const { signal } = new AbortController();
    for await (const entry of this.parts.engine.logs(id, { since: null, follow: true, signal }))
      if (entry.text === line) return;
    throw new Error(`${id} ended without saying ${line}`);
  };

  /** Another platform on the same engine. */
  readonly another = (): EngineParts => {
    const opened = this.world.open(testPlatform());
    this.#others.push(opened);
    return opened;
  };

  async #open(world: EngineWorld): Promise<void> {
    this.world = world;
    this.parts = world.open(testPlatform());
    this.#addresses = instanceAddresses((await this.parts.networks.ensure(this.appId)).subnet);
  }

  async #close(): Promise<void> {
    for (const opened of [this.parts, ...this.#others]) await clear(opened, [this.appId, "other"]);
  }
}
