import { newId } from "../../core/id";
import type { Image } from "../../core/image";
import type { EngineParts } from "../../server/engines/open";
import { openDockerEngine } from "../../server/engines/open";
import { FakeBuildCache } from "../fakes/build-cache";
import { FakeEngine } from "../fakes/engine";
import { FakeImages, FakeNetworks } from "../fakes/engine-networks";
import { FakeWorld } from "../fakes/engine-world";
import { baseImage } from "../support/base-image";
import { brief, greedy, hoarding, serve, stubborn } from "../support/programs";

/** A place to hold an engine to its contract: platforms opened on it share one machine. */
export interface EngineWorld {
  image: Image;
  open(platformId: string, pool?: string): EngineParts;
}

/** A range of no one else's, so that test files can run side by side with a platform and each other. */
export const testPool = "10.214.0.0/16";

export async function dockerWorld(): Promise<EngineWorld> {
  const ref = await baseImage();
  return {
    image: { id: ref, ref, madeBy: "buildpack", port: 5000 },
    open: (platformId, pool = testPool) =>
      openDockerEngine(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock", platformId, pool, {
        appCgroup: "paas",
      }),
  };
}

async function fakeWorld(): Promise<EngineWorld> {
  const world = new FakeWorld();
  const image: Image = { id: "base", ref: "base:1", madeBy: "buildpack", port: 5000 };
  world.images.set(image.id, { platformId: "nobody", appId: "nothing", ref: image.ref });
  world.programs.set(serve(), { listens: true, prints: [{ stream: "stdout", text: "listening" }] });
  world.programs.set(stubborn, {
    listens: false,
    ignoresTerm: true,
    prints: [{ stream: "stdout", text: "ready" }],
  });
  world.programs.set(brief, {
    exits: 3,
    prints: [
      { stream: "stdout", text: "one" },
      { stream: "stderr", text: "oops" },
      { stream: "stdout", text: "two" },
    ],
  });
  world.programs.set(greedy, {
    exits: 137,
    outOfMemory: true,
    prints: [{ stream: "stdout", text: "eating" }],
  });
  world.programs.set(hoarding, {
    writesBytes: 8 * 1024 * 1024,
    prints: [{ stream: "stdout", text: "written" }],
  });
  world.programs.set("sh -c echo here; exit 3", { exits: 3, prints: [{ stream: "stdout", text: "here" }] });
  world.programs.set("no-such-program", { exits: 126 });
  world.programs.set("cat", { echoes: true });
  world.programs.set("sh -c echo once; exit 4", { exits: 4, prints: [{ stream: "stdout", text: "once" }] });
  world.programs.set("sh -c exit 7", { exits: 7 });
  world.programs.set("sleep 1000", { ignoresTerm: false });
  return {
    image,
    open: (platformId, pool = testPool) => ({
      engine: new FakeEngine(platformId, world),
      networks: new FakeNetworks(platformId, world, pool),
      images: new FakeImages(platformId, world),
      buildCache: new FakeBuildCache(),
    }),
  };
}

/** Each engine that is held to the contract, by name. */
export const worlds: [string, () => Promise<EngineWorld>][] = [
  ["fake", fakeWorld],
  ["docker", dockerWorld],
];

/** A platform id of a test's own; everything that carries it is removed by `clear`. */
export const testPlatform = (): string => `test${newId(8)}`;

/** Removes all that a platform has on the engine. */
export async function clear({ engine, networks }: EngineParts, appIds: string[]): Promise<void> {
  await engine.removeRuns();
  await Promise.all((await engine.commands()).map(({ releaseId }) => engine.stop(releaseId, 0)));
  await Promise.all((await engine.list()).map(({ id }) => engine.stop(id, 0)));
  await Promise.all(appIds.map((appId) => networks.remove(appId)));
}
