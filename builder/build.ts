import { parseAppJson } from "../core/app-json";
import type { BuildJob, BuildOutcome, BuildResult } from "../core/build";
import type { BuildSettings } from "../core/build-settings";
import { isPaasError } from "../core/error";
import type { HealthChecks } from "../core/healthcheck";
import { parseProcfile } from "../core/procfile";
import type { ProcessTypes } from "../core/release";
import { sourceLimits } from "../core/source-entry";
import { complaint, detail, heading } from "../core/transcript";
import { buildpacksFile, chosenBuildpacks } from "./buildpack/chosen-buildpacks";
import { detect, type Way } from "./buildpack/detect";
import { makeWithBuildpack } from "./buildpack/with-buildpack";
import { makeWithChain } from "./buildpack/with-chain";
import { dockerfileReads, makeWithDockerfile } from "./dockerfile/with-dockerfile";
import { imageTarget } from "./image/image-target";
import { maskedEngine } from "./image/masked-engine";
import { wholeCache } from "./image/whole-cache";
import { endable, timeLimit } from "./limited";
import type { BuildRoom } from "./room";
import { type Archive, fetchArchive } from "./source/archive";
import { fetchBuildConfig } from "./source/build-config";
import { type Reads, surveySource } from "./source/source-tree";
import { type WorkspacePlace, workspaceAround } from "./source/workspace";
import { breakSilence } from "./transcript/silence";
import { plainText, type Write } from "./transcript/transcript";
import type { Made, Work } from "./work";

/**
 * Archive in, image out. Whatever a source, its steps or the engine say, what people read of it is safe for their terminals. What the author of the commit has to mend is an outcome; an exception is the builder's own trouble
 * (`unavailable`), and the build can be repeated.
 */
export async function build(
  room: BuildRoom,
  job: BuildJob,
  write: Write,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const told = breakSilence((text) => write(plainText(text)));
  try {
    return { status: "succeeded", result: await buildWithinLimits(room, job, told.write, signal) };
  } catch (error) {
    if (!isPaasError(error, "build_failed") && !isPaasError(error, "invalid")) throw error;
    const message = plainText(error.message);
    // Who ended it says so to its pusher, with a name.
    if (!signal.aborted) write(complaint(message));
    return { status: "failed", message };
  } finally {
    told.end();
  }
}

const buildWithinLimits = (
  room: BuildRoom,
  job: BuildJob,
  write: Write,
  outer: AbortSignal,
): Promise<BuildResult> =>
  endable(outer, async (signal, end) => {
    signal.throwIfAborted();
    const callOff = timeLimit(room.timeoutMs, end);
    try {
      const asked = fetchBuildConfig(job.configUrl, job.sourceToken, signal);
      asked.catch(() => undefined); // heard below, once the source is here
      const stack = room.stack();
      const archive = await fetchArchive(archiveSource(room, job, signal));
      try {
        const sandbox = await room.sandbox();
        await sandbox.admit(archive.bytes);
        if (sandbox.unlimited !== null) write(detail(`Builds are not limited here: ${sandbox.unlimited}`));
        const config = await asked;
        const secrets = [...config.values()].map((value) => value.reveal());
        const held = { ...room, engine: maskedEngine(wholeCache(sandbox.hold(room.engine), write), secrets) };
        const offer = { commit: job.commit, branch: job.branch, config };
        const { settings = {} } = job;
        return await buildArchive(held, job, archive, {
          buildId: job.buildId,
          settings,
          offer,
          write,
          stack,
          signal,
          end,
        });
      } finally {
        await archive.close();
      }
    } finally {
      callOff();
    }
  });

async function buildArchive(
  room: BuildRoom,
  job: BuildJob,
  archive: Archive,
  under: Omit<Work, "source" | "entries" | "target">,
): Promise<BuildResult> {
  if (job.procfile !== null) parseProcfile(job.procfile);
  const { quantities, healthChecks, cron, buildpacks, unheeded } = parseAppJson(job.appJson);
  if (unheeded.length > 0) under.write(detail(`Not heeded here of app.json: ${unheeded.join(", ")}`));
  const { root, dockerfile } = under.settings;
  const alone = await survey(archive, job, root, readsOf(room, under.settings));
  const chosen = chosenBuildpacks(under.settings, alone.source, buildpacks);
  const way = detect(alone.source, room.buildpacks, dockerfile, chosen);
  const place =
    way.by === "buildpack" && root && (await workspaceAround(archive, root, alone.source, way.buildpack));
  const { source, entries } = place ? await surveyWorkspace(archive, job, place, readsOf(room, {})) : alone;
  const work = { ...under, source, entries, target: imageTarget(room.platformId, job, room.imageSeal) };
  const made = await make(room, way, work);
  const { procfile: text = job.procfile } = made;
  const procfile = text === null ? null : parseProcfile(text);
  const processTypes = mergeProcesses(procfile, made.defaultProcesses);
  sayProcesses(processTypes, procfile, under.write);
  const checks = { ...ofImage(made, processTypes, under.write), ...healthChecks };
  return { image: made.image, bases: made.bases, processTypes, quantities, healthChecks: checks, cron };
}

async function survey(
  archive: Archive,
  { procfile }: BuildJob,
  root: string | undefined,
  reads: Reads,
): Promise<Pick<Work, "source" | "entries">> {
  const { entries, view } = await surveySource(archive, root, reads, sourceLimits);
  return { entries, source: { procfile, ...view } };
}

/** All of the workspace, with the same read of it and of the app's package. */
async function surveyWorkspace(
  archive: Archive,
  job: BuildJob,
  { root, member }: WorkspacePlace,
  { whole, head }: Reads,
): Promise<Pick<Work, "source" | "entries">> {
  const both = new Set([...whole].flatMap((path) => [path, `${member}/${path}`]));
  const { entries, source } = await survey(archive, job, root, { whole: both, head });
  return { entries, source: { ...source, member } };
}

function make(room: BuildRoom, way: Way, work: Work): Promise<Made> {
  switch (way.by) {
    case "dockerfile":
      return makeWithDockerfile(room, work);
    case "buildpack":
      return makeWithBuildpack(room, way.buildpack, work);
    case "chain":
      return makeWithChain(room, way.chosen, way.links, work);
  }
}

const archiveSource = (room: BuildRoom, job: BuildJob, signal: AbortSignal) => ({
  url: job.sourceUrl,
  token: job.sourceToken,
  directory: room.directory,
  maxBytes: sourceLimits.maxBytes,
  signal,
});

const readsOf = ({ buildpacks }: BuildRoom, settings: BuildSettings): Reads => ({
  whole: new Set([buildpacksFile, ...dockerfileReads(settings), ...buildpacks.flatMap(({ reads }) => reads)]),
  head: new Set(buildpacks.flatMap(({ readsHead }) => readsHead ?? [])),
});

/** A Procfile says which of the usual ones run: beside it a buildpack's defaults only add what people may start by hand. */
function mergeProcesses(procfile: ProcessTypes | null, defaults: () => ProcessTypes): ProcessTypes {
  if (procfile === null) return defaults();
  const { web: _, ...others } = defaults();
  return { ...others, ...procfile };
}

/** HEALTHCHECK is about the image's own program. */
function ofImage({ healthChecks = [] }: Made, types: ProcessTypes, write: Write): HealthChecks {
  if (healthChecks.length === 0 || types.web?.command !== null) return {};
  write(
    detail(
      "The image's HEALTHCHECK is asked while web starts and runs, unless app.json has healthchecks for it.",
    ),
  );
  return { web: healthChecks };
}

function sayProcesses(types: ProcessTypes, procfile: ProcessTypes | null, write: Write): void {
  write(heading(`Process types (${procfile ? "Procfile" : "default"})`));
  for (const [type, { command }] of Object.entries(types)) {
    const added = procfile !== null && procfile[type] === undefined ? " (default)" : "";
    write(detail(`${type}: ${command ?? "the image's own command"}${added}`));
  }
}
