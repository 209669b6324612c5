import { newId } from "../../core/id";
import type { Image } from "../../core/image";
import type { InstanceSpec } from "../../core/instance";
import type { CommandSpec, RunSpec } from "../../server/engines/engine";

const limits = { memoryMb: 128, cpus: 0, pids: 64 };

/** A spec that only says what a test is about. */
export function instanceSpec(
  image: Image,
  appId: string,
  address: string,
  over: Partial<InstanceSpec> = {},
): InstanceSpec {
  const place = { type: "web", slot: 1, releaseId: "release1", version: 1, generation: 1, specHash: "hash1" };
  return {
    id: newId(),
    appId,
    appName: "shop",
    ...place,
    image,
    command: null,
    env: { PORT: `${image.port}` },
    limits,
    address,
    ...over,
  };
}

/** An attached one-off with stdin. */
export function runSpec(image: Image, appId: string, argv: string[], over: Partial<RunSpec> = {}): RunSpec {
  const spec = { appId, appName: "shop", releaseId: "release1", version: 1, image, env: {}, limits };
  return { id: newId(), name: "run.1234", spec, argv, tty: false, stdin: true, ...over };
}

/** A release command. */
export function commandSpec(image: Image, appId: string, argv: string[]): CommandSpec {
  return { appId, appName: "shop", releaseId: newId(), version: 7, image, env: {}, argv, limits };
}
