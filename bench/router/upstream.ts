import type { ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cores, listening, startPinned } from "./pinned";

/** What all proxies stand before: files of nginx, and a program that sends frames back. */
export interface Upstreams {
  files: number;
  echo: number;
}

export const sizes = { small: 12, medium: 10_240, large: 1_048_576 } as const;

/** Starts both on the core that the proxy does not have. */
export async function startUpstreams(folder: string, ports: Upstreams): Promise<ChildProcess[]> {
  const root = join(folder, "www");
  await mkdir(root, { recursive: true });
  for (const [name, size] of Object.entries(sizes))
    await writeFile(join(root, name), Buffer.alloc(size, "x"));
  const configuration = join(folder, "upstream.conf");
  await writeFile(configuration, nginxFor(folder, root, ports.files));
  const files = startPinned("nginx", ["-c", configuration, "-p", folder], {
    core: cores.rest,
    output: "/dev/null",
  });
  const echoArgs = [join(__dirname, "echo-main.js"), String(ports.echo)];
  const echo = startPinned(process.execPath, echoArgs, { core: cores.rest, output: "/dev/null" });
  await Promise.all([listening(ports.files, files), listening(ports.echo, echo)]);
  return [files, echo];
}

const nginxFor = (folder: string, root: string, port: number): string => `
worker_processes 1;
daemon off;
pid ${folder}/upstream.pid;
error_log ${folder}/upstream-error.log;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  client_body_temp_path ${folder}/upstream-body;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /small { return 200 "hello world\\n"; }
    location / { root ${root}; }
  }
}
`;
