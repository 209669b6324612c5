/** `node http-proxy-main.js PORT FILES ECHO`: the well-known library as a peer, with an access line a request. */
import { Agent, createServer } from "node:http";
import HttpProxy from "http-proxy";

const [port, files, echo] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const proxy = HttpProxy.createProxyServer({ target: `http://127.0.0.1:${files}`, agent, xfwd: true });
const sockets = HttpProxy.createProxyServer({ target: `http://127.0.0.1:${echo}` });
let lines = "";
setInterval(() => {
  process.stdout.write(lines);
  lines = "";
}, 200);
const server = createServer((request, response) => {
  response.once("finish", () => {
    lines += `${request.method} ${request.url} ${request.socket.remoteAddress} ${response.statusCode}\n`;
  });
  proxy.web(request, response, {}, () => response.destroy());
});
server.on("upgrade", (request, socket, head) =>
  sockets.ws(request, socket, head, {}, () => socket.destroy()),
);
server.listen(port, "127.0.0.1");
