/**
 * The app under load, without any package: `/` answers the version, `/slow` after 5 s, `/upload` how many bytes came, `/events` one event
 * twice a second; an upgrade is a WebSocket that gets a frame as often. Both say first at which address they are. SIGTERM ends it in order.
 */
export const appCode = (version: string): string => `const http = require("node:http");
const { createHash } = require("node:crypto");
const { networkInterfaces } = require("node:os");
const version = ${JSON.stringify(version)};
const address = Object.values(networkInterfaces()).flat().find((one) => !one.internal && one.family === "IPv4").address;
const server = http.createServer((request, response) => {
  if (request.url === "/slow") return setTimeout(() => response.end(version), 5000);
  if (request.url === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = () => response.write("data: " + address + "\\n\\n");
    send();
    const timer = setInterval(send, 500);
    return request.on("close", () => clearInterval(timer));
  }
  let bytes = 0;
  request.on("data", (chunk) => { bytes += chunk.length; });
  request.on("end", () => response.end(request.url === "/upload" ? String(bytes) : version));
});
server.on("upgrade", (request, socket) => {
  const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
  const text = Buffer.from(address);
  const send = () => socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  send();
  const timer = setInterval(send, 500);
  socket.on("data", () => {}).on("error", () => {}).on("close", () => clearInterval(timer));
  socket.on("end", () => socket.end());
});
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
server.listen(process.env.PORT);
`;
