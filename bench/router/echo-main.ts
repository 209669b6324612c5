/** `node echo-main.js PORT`: a WebSocket server that sends every message back. */
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  perMessageDeflate: false,
});
server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
