import { randomUUID } from "node:crypto";
import { type Http2Session, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import protobuf from "protobufjs";
import type { Sensitive } from "../../core/env";

/** A build's own line back to us, on which BuildKit asks for the secrets that RUN --mount=type=secret names. */
export interface SecretSession {
  id: string;
  close(): void;
}

// moby.buildkit.secrets.v1 (session/secrets/secrets.proto of BuildKit), as far as it is used.
const root = protobuf.Root.fromJSON({
  nested: {
    GetSecretRequest: { fields: { ID: { type: "string", id: 1 } } },
    GetSecretResponse: { fields: { data: { type: "bytes", id: 1 } } },
  },
});
const requestType = root.lookupType("GetSecretRequest");
const responseType = root.lookupType("GetSecretResponse");

const getSecret = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
const checkHealth = "/grpc.health.v1.Health/Check";
/** HealthCheckResponse{status: SERVING} */
const serving = Buffer.from([8, 1]);
const grpcStatus = { ok: "0", notFound: "5", unimplemented: "12" };

/** Opens a session with an engine; secrets never leave this process but as answers in it. */
export async function openSecretSession(
  docker: Docker,
  secrets: ReadonlyMap<string, Sensitive<string>>,
): Promise<SecretSession> {
  const id = randomUUID();
  const socket = await hijack(docker, id);
  const session: Http2Session = performServerHandshake(socket);
  session.on("error", () => socket.destroy()); // the build then says that a secret is missing
  session.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined); // as above
    void answer(stream, String(headers[":path"]), secrets).catch(() => stream.close());
  });
  return {
    id,
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
    "X-Docker-Expose-Session-Grpc-Method": [getSecret, checkHealth],
  };
  const request = { method: "POST", path: "/session", hijack: true, headers, statusCodes: { 200: true } };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, socket: unknown) =>
      socket instanceof Duplex ? resolve(socket) : reject(error),
    );
  });
}

async function answer(
  stream: ServerHttp2Stream,
  path: string,
  secrets: ReadonlyMap<string, Sensitive<string>>,
): Promise<void> {
  const asked = await buffer(stream);
  if (path === checkHealth) return reply(stream, serving);
  if (path !== getSecret) return refuse(stream, grpcStatus.unimplemented, "not offered");
  const { ID: name } = requestType.toObject(requestType.decode(asked.subarray(5)), { defaults: true }) as {
    ID: string;
  };
  const secret = secrets.get(name);
  if (!secret) return refuse(stream, grpcStatus.notFound, `no build config var is called ${name}`);
  const data = Buffer.from(secret.reveal());
  reply(stream, Buffer.from(responseType.encode(responseType.create({ data })).finish()));
}

/** One message in gRPC's frame: not compressed, its length, itself. */
function reply(stream: ServerHttp2Stream, message: Buffer): void {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": grpcStatus.ok }));
  stream.end(Buffer.concat([head, message]));
}

function refuse(stream: ServerHttp2Stream, status: string, message: string): void {
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": status,
      "grpc-message": encodeURI(message),
    },
    { endStream: true },
  );
}
