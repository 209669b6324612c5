import { spawn } from "node:child_process";
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** git's own `http-backend` behind a token check, for every repository in a folder. */
export async function startReceiver(
  folder: string,
  token: string,
): Promise<{ url: URL; stop(): Promise<void> }> {
  const known = digest(token);
  const server = createServer((request, response) => {
    if (allowed(request, known)) return serve(folder, request, response);
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="floor"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/`), stop: () => close(server) };
}

const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

function allowed(request: IncomingMessage, known: Buffer): boolean {
  const [scheme, credentials = ""] = (request.headers.authorization ?? "").split(" ");
  const password = Buffer.from(credentials, "base64").toString().split(":").slice(1).join(":");
  return scheme === "Basic" && timingSafeEqual(digest(password), known);
}

function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const backend = spawn("git", ["http-backend"], {
    env: cgi(folder, request),
    stdio: ["pipe", "pipe", "inherit"],
  });
  backend.stdin.on("error", () => backend.stdout.destroy());
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  const takeHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    backend.stdout.off("data", takeHead);
    writeHead(response, head.subarray(0, end).toString());
    response.write(head.subarray(end + 4));
    backend.stdout.pipe(response);
  };
  backend.stdout.on("data", takeHead);
}

function cgi(folder: string, request: IncomingMessage): NodeJS.ProcessEnv {
  const url = new URL(request.url ?? "/", "http://floor");
  return {
    PATH: process.env.PATH,
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    CONTENT_LENGTH: request.headers["content-length"] ?? "",
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    REMOTE_USER: "floor",
  };
}

/** CGI's header lines to HTTP's; a `Status` line names another status than 200. */
function writeHead(response: ServerResponse, lines: string): void {
  let status = 200;
  for (const line of lines.split("\r\n")) {
    const at = line.indexOf(":");
    const [name, value] = [line.slice(0, at), line.slice(at + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.statusCode = status;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
