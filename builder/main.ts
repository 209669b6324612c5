import { availableParallelism, homedir, totalmem } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { buildpacks } from "../buildpacks/buildpacks";
import { buildMemoryMbFor, buildsAtOnceFor } from "../core/build";
import { dataPaths } from "../core/data-paths";
import { messageOf } from "../core/error";
import { keysFor } from "../core/keys";
import { readSettings, type Settings } from "../core/settings";
import { build } from "./build";
import { type Identity, readIdentity } from "./identity";
import { cacheIds, imageSeals } from "./image/app-seal";
import { dockerImages } from "./image/docker-images";
import type { ImageEngine } from "./image/image-engine";
import { openCancellations } from "./queue/cancellations";
import { openOutputs } from "./queue/output";
import { type PulledImages, recordPulled } from "./queue/pulled-images";
import { tellSandbox } from "./queue/tell-sandbox";
import { startWorker } from "./queue/worker";
import type { BuildRoom } from "./room";
import { runtimeIndex } from "./runtimes/runtime-index";
import { toolIndex } from "./runtimes/tool-index";
import { openSandbox, type Sandbox } from "./sandbox/sandbox";
import { ensureStackImages, findStackImages } from "./stack/ensure-stack-images";
import { sharedStack } from "./stack/shared-stack";

const log = pino({ base: { role: "builder" } });
const toolsFreshMs = 24 * 3_600_000;
const runtimesAwayMs = 600_000;
/** Less than what the supervisor gives before it kills. */
const stopGraceMs = 20_000;
/** For giving builds back to the queue. */
const lastWordsMs = 5_000;

/** The builder role: builds out of the queue, until told to stop or left by its supervisor. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const identity = await readIdentity(settings);
  const keys = keysFor(identity.platformId);
  const redisUrl = identity.redisUrl.reveal();
  const room = assemble(settings, identity, recordPulled(redisUrl, keys), (sandbox) =>
    tellSandbox(redisUrl, keys, sandbox),
  );
  const trouble = (error: Error): void => log.warn({ error: messageOf(error) }, "trouble with Redis");
  const worker = await startWorker({
    redisUrl,
    keys,
    outputs: openOutputs(redisUrl, keys, trouble),
    cancellations: openCancellations(redisUrl, keys, trouble),
    atOnce: placesOf(settings),
    build: (job, write, signal) => build(room, job, write, signal),
    log,
  });
  log.info({ platform: identity.platformId }, "taking builds");
  process.send?.({ ready: true });
  const stop = (graceMs: number) => () => {
    setTimeout(
      () => quit("could not stop in time", "the queue does not answer"),
      graceMs + lastWordsMs,
    ).unref();
    worker.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => quit("could not stop in order", error),
    );
  };
  process.once("SIGTERM", stop(stopGraceMs));
  process.once("SIGINT", stop(stopGraceMs));
  process.once("disconnect", stop(0));
}

function assemble(
  settings: Settings,
  { platformId, secretKey }: Identity,
  pulls: PulledImages,
  tell: (sandbox: Sandbox) => Promise<void>,
): BuildRoom {
  const directory = dataPaths(settings.dataDir).builder;
  const engine = dockerImages(settings.dockerHost);
  return {
    platformId,
    engine,
    buildpacks,
    directory,
    buildpacksDirectory: settings.buildpacksDir,
    tools: toolIndex({
      directory: join(directory, "tools"),
      arch: process.arch,
      freshMs: toolsFreshMs,
      now: Date.now,
    }),
    runtimes: runtimeIndex({ engine, pulls, pullIdleMs: 30_000, awayMs: runtimesAwayMs, now: Date.now }),
    stack: sharedStack({
      look: () => findStackImages(engine),
      make: (write) => ensureStackImages(engine, write),
    }),
    sandbox: sharedSandbox(settings, engine, tell),
    cacheId: cacheIds(secretKey),
    imageSeal: imageSeals(secretKey),
    timeoutMs: settings.buildTimeoutMs,
  };
}

/** Opened by the first build that finds the engine; how it stands is then said once to the operator. */
function sharedSandbox(
  settings: Settings,
  engine: ImageEngine,
  told: (sandbox: Sandbox) => Promise<void>,
): () => Promise<Sandbox> {
  let opened: Promise<Sandbox> | null = null;
  const open = async (): Promise<Sandbox> => {
    const sandbox = await openSandbox({
      engine,
      dockerHost: settings.dockerHost,
      uid: process.getuid?.() ?? -1,
      cgroup: settings.buildCgroup,
      limits: {
        ...settings.buildLimits,
        memoryMb: settings.buildLimits.memoryMb ?? buildMemoryMbFor(totalmem()),
      },
      places: placesOf(settings),
      floorMb: settings.diskFloorMb,
      onError: (error) => log.error({ error: messageOf(error) }, "a build could not be watched"),
    });
    await told(sandbox);
    if (sandbox.unlimited !== null) log.warn({ reason: sandbox.unlimited }, "builds are not limited");
    return sandbox;
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

const placesOf = (settings: Settings): number =>
  settings.buildsAtOnce ?? buildsAtOnceFor(availableParallelism());

function quit(what: string, error: unknown): void {
  log.fatal({ error: messageOf(error) }, what);
  process.exit(1);
}

main().catch((error: unknown) => quit("the builder cannot go on", error));
