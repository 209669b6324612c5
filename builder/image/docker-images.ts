import { Readable } from "node:stream";
import Docker from "dockerode";
import { z } from "zod";
import { messageOf, PaasError } from "../../core/error";
import { checksOfImage, imageHealthcheckSchema } from "../../core/image-healthcheck";
import { markHost } from "../sandbox/mark";
import { answered, usualAnswerMs } from "./answered";
import { readBuildStream, readPullStream } from "./engine-stream";
import type { BuildRequest, ImageEngine, ImageFacts } from "./image-engine";
import { type BuildSession, openBuildSession } from "./session/build-session";

/** The vendor's types call it unknown. */
const onBuildSchema = z.object({ OnBuild: z.array(z.string()).nullish() });

const infoSchema = z.object({
  DockerRootDir: z.string(),
  CgroupDriver: z.string(),
  CgroupVersion: z.string().optional(),
});

/** The images of a Docker Engine at `unix:///path` or `tcp://host:port`. Questions are waited for no longer than `answerMs`. */
export function dockerImages(dockerHost: string, answerMs = usualAnswerMs): ImageEngine {
  const docker = connect(dockerHost);
  const asked = <T>(question: Promise<T>): Promise<T> => translated(answered(question, answerMs));
  return {
    async build(request, onTrace) {
      const session = await sessionOf(docker, request, asked);
      try {
        const answer = await readBuildStream(await translated(startBuild(docker, request, session)), onTrace);
        const fault = session.fault();
        if (fault) throw fault;
        return answer;
      } finally {
        session.close();
      }
    },
    inspect: (ref) => asked(inspectImage(docker, ref)),
    async importRoot(tarFile, ref) {
      const [repo = ref, tag = "latest"] = ref.split(":");
      await readPullStream(await translated(docker.importImage(tarFile, { repo, tag })), 0);
    },
    async pull(ref, idleMs) {
      await readPullStream(await translated(docker.pull(ref)), idleMs);
    },
    async info() {
      const info = infoSchema.parse(await asked(docker.info()));
      const cgroups = { driver: info.CgroupDriver, version: info.CgroupVersion ?? "1" };
      return { dataDir: info.DockerRootDir, cgroups };
    },
    async untag(ref) {
      await asked(docker.getImage(ref).remove({ noprune: true }));
    },
  };
}

/** A session that opens too late is closed. */
async function sessionOf(
  docker: Docker,
  { context, dockerfile, secrets = new Map() }: BuildRequest,
  asked: (question: Promise<BuildSession>) => Promise<BuildSession>,
): Promise<BuildSession> {
  const opening = openBuildSession(docker, { context, dockerfile, secrets });
  try {
    return await asked(opening);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => undefined, // told already
    );
    throw error;
  }
}

function connect(dockerHost: string): Docker {
  if (dockerHost.startsWith("unix://")) return new Docker({ socketPath: dockerHost.slice("unix://".length) });
  const url = new URL(dockerHost.replace(/^tcp:/, "http:"));
  const protocol = url.protocol === "https:" ? "https" : "http";
  return new Docker({ host: url.hostname, port: Number(url.port || 2375), protocol });
}

function buildOptions(request: BuildRequest): Docker.ImageBuildOptions {
  return {
    version: "2",
    dockerfile: request.dockerfile,
    t: request.ref,
    labels: request.labels,
    ...(request.stage ? { target: request.stage } : {}),
    ...(request.buildArgs ? { buildargs: request.buildArgs } : {}),
    ...(request.withoutCache ? { nocache: true } : {}),
    ...(request.mark ? { extrahosts: `${markHost}:${request.mark}` } : {}),
  };
}

/** The vendor's own call uploads the context whole, as a tar, which BuildKit then stores twice: as it came and unpacked. */
function startBuild(
  docker: Docker,
  request: BuildRequest,
  session: BuildSession,
): Promise<NodeJS.ReadableStream> {
  const { signal } = request;
  const call = {
    path: "/build?",
    method: "POST",
    options: {
      _query: { ...buildOptions(request), remote: "client-session", session: session.id },
      _body: {}, // the engine hangs up on one
    },
    ...(signal ? { abortSignal: signal } : {}),
    isStream: true,
    statusCodes: { 200: true, 500: "server error" },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(call, (error: unknown, stream: unknown) =>
      stream instanceof Readable ? resolve(stream) : reject(error),
    );
  });
}

async function inspectImage(docker: Docker, ref: string): Promise<ImageFacts | null> {
  try {
    const image = await docker.getImage(ref).inspect();
    const { Config: config } = image;
    return {
      id: image.Id,
      digest: image.RepoDigests?.[0]?.split("@")[1] ?? image.Id,
      labels: config.Labels ?? {},
      exposed: Object.keys(config.ExposedPorts ?? {}),
      hasCommand: (config.Cmd?.length ?? 0) + (config.Entrypoint?.length ?? 0) > 0,
      healthChecks: checksOfImage(imageHealthcheckSchema.parse(config.Healthcheck)),
      triggers: onBuildSchema.parse(config).OnBuild ?? [],
      sizeBytes: image.Size,
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** A vendor's error never leaves this file as it is. */
async function translated<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw engineTrouble(error);
  }
}

const statusOf = (error: unknown): unknown =>
  error instanceof Error && "statusCode" in error ? error.statusCode : undefined;

/** What it calls a bad request it would call one again: that ends the build instead of interrupting it. */
function engineTrouble(error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  const code = statusOf(error) === 400 ? "build_failed" : "unavailable";
  return new PaasError(code, `The Docker Engine did not do it: ${messageOf(error).trim()}`, { cause: error });
}
