import { randomUUID } from "node:crypto";
import {
  constants,
  type Http2Session,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from "node:http2";
import { Duplex } from "node:stream";
import type Docker from "dockerode";
import { isPaasError, type PaasError } from "../../../core/error";
import type { ContextEntry } from "../context-entry";
import { askedEntries } from "./asked-entries";
import { diffCopy, sendFiles } from "./files";
import { grpcStatus, refuse, reply } from "./grpc";
import { listing } from "./listing";
import { answerSecret, getSecret, type Secrets } from "./secrets";

/** What a build may ask of us while it runs. */
export interface Offer {
  context: ContextEntry[];
  /** Path of the Dockerfile in the context. */
  dockerfile: string;
  secrets: Secrets;
}

/** A build's own line back to us, on which BuildKit fetches its files and the secrets that RUN --mount=type=secret names. */
export interface BuildSession {
  id: string;
  /** Why what was asked could not be given, if it could not; the build has failed of it. */
  fault(): PaasError | null;
  close(): void;
}

const checkHealth = "/grpc.health.v1.Health/Check";
/** HealthCheckResponse{status: SERVING} */
const serving = Buffer.from([8, 1]);

/** Opens a session with an engine; secrets never leave this process but as answers in it. */
export async function openBuildSession(docker: Docker, offer: Offer): Promise<BuildSession> {
  const id = randomUUID();
  const socket = await hijack(docker, id);
  let fault: PaasError | null = null;
  const session: Http2Session = performServerHandshake(socket);
  session.on("error", () => socket.destroy()); // the build then says what it misses
  session.on("stream", (stream: ServerHttp2Stream, headers, _flags, rawHeaders: string[]) => {
    stream.on("error", () => undefined); // as above
    answer(stream, headers, followed(rawHeaders), offer).catch((error: unknown) => {
      if (isPaasError(error)) fault ??= error;
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    });
  });
  return {
    id,
    fault: () => fault,
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

function hijack(docker: Docker, id: string): Promise<Duplex> {
  const headers = {
    Upgrade: "h2c",
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Name": "paas",
    // BuildKit keeps what a key's last session sent, and takes a file of the same path, size and time for the same: another app's, too,
    // if both have none.
    "X-Docker-Expose-Session-Sharedkey": id,
    "X-Docker-Expose-Session-Grpc-Method": [diffCopy, getSecret, checkHealth],
  };
  // No body: even the end of an empty one, where it comes later than the head, would be read as the beginning of our HTTP/2.
  const body = { file: Buffer.alloc(0) };
  const request = {
    method: "POST",
    path: "/session",
    hijack: true,
    headers,
    ...body,
    statusCodes: { 200: true },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, socket: unknown) =>
      socket instanceof Duplex ? resolve(socket) : reject(error ?? new Error("the engine kept to HTTP")),
    );
  });
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  follow: string[],
  { context, dockerfile, secrets }: Offer,
): Promise<void> {
  switch (headers[":path"]) {
    case checkHealth:
      return reply(stream, serving);
    case getSecret:
      return answerSecret(stream, secrets);
    case diffCopy: {
      const only = headers["dir-name"] === "dockerfile" ? [dockerfile] : follow;
      return sendFiles(stream, listing(askedEntries(context, only)));
    }
    default:
      return refuse(stream, grpcStatus.unimplemented, "not offered");
  }
}

/** Of a header that comes several times, Node makes one text. Names that no header can hold come in one way or another: then all is sent. */
function followed(rawHeaders: string[]): string[] {
  const values = (name: string): string[] =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1] === name);
  const paths = values("followpaths");
  const plain = values("followpaths-encoded").length === 0 && paths.every((path) => /^[ -~]+$/.test(path));
  return plain ? paths : [];
}
