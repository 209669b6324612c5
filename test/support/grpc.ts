import { type handleUnaryCall, Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";

/** Bytes as they are: what a message means is not what these tests are about. */
const asIs = (bytes: Buffer): Buffer => bytes;

/** A method whose messages are bytes; with whom of the two streaming. */
export const method = (path: string, requestStream = false, responseStream = false) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

const health: ServiceDefinition = { Check: method("/grpc.health.v1.Health/Check") };

/** A real gRPC server on a port of 127.0.0.1, without TLS; `add` gives it services. */
export async function grpcServer(add: (server: Server) => void): Promise<{ port: number; server: Server }> {
  const server = new Server();
  add(server);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, server };
}

/** Adds the health service. */
export function addHealth(server: Server, check: handleUnaryCall<Buffer, Buffer>): void {
  server.addService(health, { Check: check });
}
