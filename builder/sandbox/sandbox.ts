import { statfs } from "node:fs/promises";
import { sizeText } from "../../core/doctor";
import { messageOf, PaasError } from "../../core/error";
import type { Limits } from "../../core/formation";
import type { ImageEngine } from "../image/image-engine";
import { BuildCgroups } from "./build-cgroups";
import { findPlace } from "./find-place";
import { Guard } from "./guard";
import type { HeldBuild } from "./held-build";
import { hitText, unseenHit } from "./hit";
import { memoryKillOf } from "./kernel-log";
import { StepNotes } from "./step-notes";

/** What holds builds. */
export interface Sandbox {
  /** Why builds are not limited here; null when they are. */
  unlimited: string | null;
  /** Throws `build_failed`, with figures, for a build that could fill the engine's disk. */
  admit(sourceBytes: number): Promise<void>;
  /** The same engine, whose build steps stay within the limits; one that did not says which, and how to raise it. */
  hold(engine: ImageEngine): ImageEngine;
}

export interface SandboxOptions {
  engine: ImageEngine;
  dockerHost: string;
  uid: number;
  /** The control group of the engine's builds, if it is not Docker's usual one. */
  cgroup: string | undefined;
  limits: Limits;
  /** Builds at once. */
  places: number;
  floorMb: number;
  onError(error: unknown): void;
}

/** Rejects with `unavailable` while the engine does not answer. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { engine, limits, floorMb } = options;
  const { dataDir, cgroups } = await engine.info();
  const place = await findPlace(cgroups, options.dockerHost, options.uid, options.cgroup);
  const notes = new StepNotes(dataDir);
  const prepared = typeof place === "string" ? place : await prepare(new BuildCgroups(place), notes, options);
  const guard =
    typeof prepared === "string"
      ? null
      : new Guard({
          cgroups: prepared,
          notes,
          limits,
          floorBytes: floorMb * 2 ** 20,
          diskPath: dataDir,
          onError: options.onError,
        });
  return {
    unlimited: typeof prepared === "string" ? prepared : null,
    admit: (sourceBytes) => admit(dataDir, sourceBytes, floorMb),
    hold: (held) =>
      guard === null
        ? held
        : heldBy(guard, held, async ({ hit, steps }) =>
            hitText(hit ?? unseenHit(await memoryKillOf(steps)), limits, floorMb),
          ),
  };
}

async function prepare(
  cgroups: BuildCgroups,
  notes: StepNotes,
  { limits, places }: SandboxOptions,
): Promise<BuildCgroups | string> {
  if (!(await notes.there()))
    return `the engine keeps no notes on build steps where the builder can read them (${notes.directory})`;
  try {
    await cgroups.prepare(limits, places);
    return cgroups;
  } catch (error) {
    return `the builder may not change control groups (${messageOf(error)})`;
  }
}

/** A build needs its source twice on the engine's disk: as context and in its image. */
async function admit(dataDir: string, sourceBytes: number, floorMb: number): Promise<void> {
  const disk = await statfs(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "EACCES") return null; // an engine elsewhere
    throw error;
  });
  if (disk === null) return;
  const freeBytes = disk.bavail * disk.bsize;
  const neededBytes = floorMb * 2 ** 20 + 2 * sourceBytes;
  if (freeBytes >= neededBytes) return;
  throw new PaasError(
    "build_failed",
    `There is no room to build: the engine's disk (${dataDir}) has ${sizeText(freeBytes)} free, and this build wants ${sizeText(neededBytes)}, of which ${floorMb} MB stay free. Free some with paas gc, enlarge the disk, or lower PAAS_DISK_FLOOR (now ${floorMb}m).`,
  );
}

/** Only a kill ends a step with 137: the guard's, the kernel's for want of memory, or that of somebody else on the engine. */
const killed = /exit code: 137\b/;

const heldBy = (
  guard: Guard,
  engine: ImageEngine,
  text: (build: HeldBuild) => Promise<string>,
): ImageEngine => ({
  ...engine,
  async build(request, onTrace) {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, ...(request.signal ? [request.signal] : [])]);
    const build = guard.enter(() => over.abort());
    try {
      const answer = await engine.build({ ...request, signal, mark: build.mark }, onTrace);
      return "error" in answer && killed.test(answer.error) ? { error: await text(build) } : answer;
    } catch (error) {
      if (over.signal.aborted) return { error: await text(build) };
      throw error;
    } finally {
      guard.leave(build);
    }
  },
});
