import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const checkout = join(__dirname, "../..");

/**
 * A build whose roles are stand-ins: they answer `<role> <pid>` on the role's port and obey the rules of supervision, or die at
 * once when a file `<role>.broken` lies in the data directory. The supervisor is the real one.
 */
export function standInDist(dir: string): string {
  const dist = join(dir, "dist");
  for (const room of ["core", "supervisor"])
    cpSync(join(checkout, "dist", room), join(dist, room), { recursive: true });
  symlinkSync(join(checkout, "node_modules"), join(dist, "node_modules"));
  mkdirSync(join(dist, "buildpacks"));
  for (const role of ["router", "server", "builder"]) {
    mkdirSync(join(dist, role));
    writeFileSync(join(dist, role, "main.js"), standIn);
  }
  return dist;
}

const standIn = `
const { existsSync } = require("node:fs");
const { createServer } = require("node:http");
const role = process.env.PAAS_ROLE.split("@")[0];
if (existsSync(process.env.PAAS_DATA_DIR + "/" + role + ".broken")) {
  console.error(role + " is broken");
  process.exit(1);
}
const port = { router: process.env.PAAS_HTTP_PORT, server: process.env.PAAS_API_PORT, builder: 0 }[role];
const ready = () => { console.log(role + " listens"); process.send?.({ ready: true }); };
const server = createServer((request, response) => {
  const slow = request.url === "/slow" ? 500 : 0;
  setTimeout(() => response.end(role + " " + process.pid), slow);
});
server.on("error", () => setTimeout(() => server.listen(port, "127.0.0.1"), 20));
server.on("listening", ready);
const [, fd] = /http=(\\d+)/.exec(process.env.PAAS_HANDED_SOCKETS ?? "") ?? [];
if (fd) server.listen({ fd: Number(fd) });
else server.listen(port, "127.0.0.1");
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
if (role !== "router") process.on("disconnect", () => process.exit(0));
`;
