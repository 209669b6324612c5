/** `node app-main.js APP`: an instance of an app; tells its port by IPC. SIGTERM: it lets its requests end. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerTo } from "./answers";

const app = process.argv[2] ?? "";
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => response.end(answerTo(app, request.url ?? "", Buffer.concat(chunks))));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
process.once("disconnect", () => process.exit(0));
