import type { ServerHttp2Stream } from "node:http2";
import protobuf from "protobufjs";
import type { Sensitive } from "../../../core/env";
import { grpcStatus, messagesOf, refuse, reply } from "./grpc";

export type Secrets = ReadonlyMap<string, Sensitive<string>>;

export const getSecret = "/moby.buildkit.secrets.v1.Secrets/GetSecret";

// moby.buildkit.secrets.v1 (session/secrets/secrets.proto of BuildKit), as far as it is used.
const root = protobuf.Root.fromJSON({
  nested: {
    GetSecretRequest: { fields: { ID: { type: "string", id: 1 } } },
    GetSecretResponse: { fields: { data: { type: "bytes", id: 1 } } },
  },
});
const requestType = root.lookupType("GetSecretRequest");
const responseType = root.lookupType("GetSecretResponse");

/** Answers which value a secret has that RUN --mount=type=secret names. */
export async function answerSecret(stream: ServerHttp2Stream, secrets: Secrets): Promise<void> {
  for await (const asked of messagesOf(stream)) {
    const { ID: name } = requestType.toObject(requestType.decode(asked), { defaults: true }) as {
      ID: string;
    };
    const secret = secrets.get(name);
    if (!secret) return refuse(stream, grpcStatus.notFound, `no build config var is called ${name}`);
    const data = Buffer.from(secret.reveal());
    return reply(stream, responseType.encode(responseType.create({ data })).finish());
  }
}
