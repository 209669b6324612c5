import { createServer as createHttp1Server } from "node:http";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { type Server, status } from "@grpc/grpc-js";
import { askGrpc } from "../../../server/engines/checks/grpc-check";
import { askHttp } from "../../../server/engines/checks/http-check";
import { probe } from "../../../server/engines/checks/probe";
import type { ProbeWish } from "../../../server/engines/engine";
import { addHealth, grpcServer } from "../../support/grpc";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  close(): unknown;
  address(): AddressInfo | string | null;
}

async function open(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const h2c = (
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<number> => {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    answer(stream, headers);
  });
  return open(server);
};
const any = (port: number, timeoutMs = 5_000) => probe("127.0.0.1", port, timeoutMs, "h2c");
const wish: Extract<ProbeWish, { kind: "http" }> = {
  kind: "http",
  protocol: "h2c",
  path: "/up",
  headers: { "X-Check": "1", Host: "shop.test", Connection: "close" },
  statuses: null,
  content: null,
};

describe("the default check", () => {
  test("is content with any answer, and with a reset", async () => {
    expect(await any(await h2c((stream) => stream.respond({ ":status": 500 }, { endStream: true })))).toEqual(
      {
        ready: true,
        seen: "http 500",
      },
    );
    expect(await any(await h2c((stream) => stream.close(2)))).toEqual({
      ready: true,
      seen: "a reset by HTTP/2",
    });
  });

  test("passes a gRPC server", async () => {
    const { port, server } = await grpcServer(() => undefined);
    closers.push(() => server.forceShutdown());
    expect(await any(port)).toMatchObject({ ready: true });
  });

  test("is not content with HTTP/1.1, with silence or with nobody", async () => {
    const http1 = await open(createHttp1Server((_request, response) => response.end()));
    expect(await any(http1)).toEqual({ ready: false, seen: "no HTTP/2 answer" });
    const silent = await open(createTcpServer((socket) => socket.on("error", () => undefined).resume()));
    expect(await any(silent, 200)).toEqual({ ready: false, seen: "no HTTP/2 answer" });
    closers.pop()?.();
    expect(await any(silent)).toEqual({ ready: false, seen: "connection refused" });
    const mute = await h2c(() => undefined);
    expect(await any(mute, 200)).toEqual({ ready: false, seen: "no answer in time" });
  });

  test("by HTTP/1.1 says of a server for HTTP/2 what it needs", async () => {
    const port = await h2c((stream) => stream.respond({ ":status": 200 }, { endStream: true }));
    const { ready, seen } = await probe("127.0.0.1", port, 5_000);
    expect([ready, seen]).toEqual([false, "an answer in HTTP/2, which needs paas http:set protocol=h2c"]);
  });
});

test("a check's path, headers, status and content are asked by HTTP/2, too", async () => {
  const port = await h2c((stream, headers) => {
    stream.respond({ ":status": 203 });
    stream.end([":path", ":authority", "x-check"].map((name) => String(headers[name])).join(" "));
  });
  const ask = (over: Partial<typeof wish> = {}) => askHttp("127.0.0.1", port, { ...wish, ...over }, 5_000);
  expect(await ask()).toEqual({ ready: true, seen: "http 203" });
  expect(await ask({ statuses: [200] })).toEqual({ ready: false, seen: "http 203" });
  const content = "/up shop.test 1";
  expect(await ask({ content })).toEqual({ ready: true, seen: `http 203 with "${content}"` });
  expect(await ask({ content: "no" })).toEqual({ ready: false, seen: 'http 203 without "no"' });
});

test("a request that is reset has no answer", async () => {
  const port = await h2c((stream) => stream.close(7));
  const reset = { ready: false, seen: "the request was reset" };
  expect(await askHttp("127.0.0.1", port, wish, 5_000)).toEqual(reset);
});

describe("the gRPC health check", () => {
  const ask = async (add: (server: Server) => void, service = "") => {
    const { port, server } = await grpcServer(add);
    closers.push(() => server.forceShutdown());
    return askGrpc({ address: "127.0.0.1", port }, service, 5_000);
  };
  const saying = (bytes: number[]) => (server: Server) =>
    addHealth(server, (_call, answer) => answer(null, Buffer.from(bytes)));

  test.each([
    ["SERVING", true, [0x08, 1]],
    ["NOT_SERVING", false, [0x08, 2]],
    ["UNKNOWN", false, []],
  ])("%s", async (seen, ready, bytes) => {
    expect(await ask(saying(bytes))).toEqual({ ready, seen });
  });

  test("asks for a service by its name", async () => {
    const asked: string[] = [];
    const add = (server: Server) =>
      addHealth(server, ({ request }, answer) => {
        asked.push(request.subarray(2).toString());
        answer({ code: status.NOT_FOUND });
      });
    expect(await ask(add, "shop.v1.Orders")).toEqual({ ready: false, seen: "grpc-status 5" });
    expect(asked).toEqual(["shop.v1.Orders"]);
  });

  test("says of a server without it, and of one that is none, what they are", async () => {
    expect(await ask(() => undefined)).toEqual({ ready: false, seen: "it has no grpc.health.v1.Health" });
    const http1 = await open(createHttp1Server((_request, response) => response.end()));
    const asked = askGrpc({ address: "127.0.0.1", port: http1 }, "", 5_000);
    expect(await asked).toEqual({ ready: false, seen: "no HTTP/2 answer" });
  });
});
