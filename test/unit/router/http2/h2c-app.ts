import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** The head of a gRPC call. */
export const call = {
  ":method": "POST",
  ":path": "/echo.Echo/Say",
  "content-type": "application/grpc",
  te: "trailers",
};

/** A message as gRPC frames it. */
export function message(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Apps that speak HTTP/2 without TLS and nothing else. */
export class H2cApps {
  readonly sessions = new Set<ServerHttp2Session>();
  readonly #servers: Http2Server[] = [];

  /** Resolves with its port. */
  async start(
    onStream: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
  ): Promise<number> {
    const server = createServer();
    this.#servers.push(server);
    server.on("session", (session) => {
      this.sessions.add(session);
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      onStream(stream, headers);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    this.sessions.clear();
    for (const server of this.#servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  }
}
