import { createServer, type Server, type Socket } from "node:net";
import { probe } from "../../../server/engines/checks/probe";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    answer(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

test.each([
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.0 503 Busy\r\n",
  "HTTP/1.1 404\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
])("%j is an answer", async (line) => {
  const port = await serve((socket) => socket.write(line));
  expect(await probe("127.0.0.1", port, 5_000)).toEqual({ ready: true, seen: `http ${line.slice(9, 12)}` });
});

test("a status line in pieces is an answer", async () => {
  const port = await serve((socket) => {
    socket.once("data", () => socket.write("HTTP/1."));
    setImmediate(() => setImmediate(() => socket.write("1 204 No Content\r\n")));
  });
  const { ready } = await probe("127.0.0.1", port, 5_000);
  expect(ready).toBe(true);
});

test.each([
  ["no HTTP answer", (socket: Socket) => socket.end()],
  [
    "no HTTP answer",
    (socket: Socket) =>
      socket.write("220 mail.example ESMTP, and much more of it than any status line has\r\n"),
  ],
  ["no HTTP answer", () => undefined],
  ["connection reset", (socket: Socket) => socket.once("data", () => socket.resetAndDestroy())],
])("%s", async (seen, answer) => {
  const port = await serve(answer);
  expect(await probe("127.0.0.1", port, 300)).toEqual({ ready: false, seen });
});

test("nobody there", async () => {
  const port = await serve(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await probe("127.0.0.1", port, 5_000)).toEqual({ ready: false, seen: "connection refused" });
});
