/** `node paced-main.js PORT RATE SECONDS`: GET /small at a fixed rate; prints the latencies in ms as a JSON list. */
import { connect, type Socket } from "node:net";

const [port = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const request = "GET /small HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const latencies: number[] = [];
const idle: Socket[] = [];
const due: number[] = [];
const answering = new Map<Socket, number>();

/** Sends what is due on connections that are idle. */
function send(): void {
  while (due.length > 0 && idle.length > 0) {
    const socket = idle.pop();
    const since = due.shift();
    if (!socket || since === undefined) return;
    answering.set(socket, since);
    socket.write(request);
  }
}

for (let index = 0; index < 32; index += 1) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.once("connect", () => idle.push(socket));
  socket.on("data", () => {
    const since = answering.get(socket);
    if (since === undefined) return;
    answering.delete(socket);
    latencies.push(performance.now() - since);
    idle.push(socket);
    send();
  });
}

const begun = performance.now() + 500;
let sent = 0;
const timer = setInterval(() => {
  const now = performance.now();
  for (; sent < ((now - begun) / 1_000) * rate; sent += 1) due.push(begun + (sent / rate) * 1_000);
  send();
  if (now < begun + seconds * 1_000) return;
  clearInterval(timer);
  process.stdout.write(JSON.stringify(latencies), () => process.exit(0));
}, 1);
