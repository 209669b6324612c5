/** `node echoes-main.js PORT CONNECTIONS SECONDS`: WebSockets that send 64 bytes and wait for them; prints a round as JSON. */
import { connect } from "node:net";

const [port = 0, connections = 0, seconds = 0] = process.argv.slice(2).map(Number);
const hello =
  "GET /echo HTTP/1.1\r\nHost: echo.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
// A masked binary frame of 64 bytes, and the length of the one that comes back.
const frame = Buffer.concat([Buffer.from([0x82, 0x80 | 64, 0, 0, 0, 0]), Buffer.alloc(64, "x")]);
const answerLength = 66;
let messages = 0;
let failed = 0;
let measuring = false;

for (let index = 0; index < connections; index += 1) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.write(hello);
  let open = false;
  let left = answerLength;
  socket.on("error", () => undefined);
  socket.on("close", () => (failed += 1));
  socket.on("data", (chunk: Buffer) => {
    if (!open) {
      open = chunk.includes("\r\n\r\n");
      if (open) socket.write(frame);
      return;
    }
    left -= chunk.length;
    if (left > 0) return;
    left = answerLength;
    if (measuring) messages += 1;
    socket.write(frame);
  });
}

setTimeout(() => {
  measuring = true;
  setTimeout(() => {
    process.stdout.write(JSON.stringify({ requests: messages, failed, seconds }), () => process.exit(0));
  }, seconds * 1_000);
}, 500);
