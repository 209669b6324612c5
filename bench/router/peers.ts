import type { ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchCertificate, benchHost } from "./certificate";
import { cores, listening, startPinned } from "./pinned";
import type { Upstreams } from "./upstream";

/** A proxy to measure: requests go to `files`, those for `/echo` to `echo`; each writes an access line a request. */
export interface Peer {
  name: string;
  /** Whether it serves TLS, and HTTP/2 over it. */
  secure: boolean;
  start(place: Place): Promise<ChildProcess>;
}

export interface Place {
  folder: string;
  port: number;
  /** Of TLS, for those that speak HTTP/2. */
  tlsPort: number;
  certificate: BenchCertificate;
  upstreams: Upstreams;
  env: NodeJS.ProcessEnv;
}

const routerMain = join(__dirname, "../../router/main.js");

/** `paas router`, with so many hosts in its table. */
const ours =
  (hosts: number) =>
  async ({ folder, port, tlsPort, certificate, upstreams, env }: Place) => {
    const table = join(folder, `table-${hosts}.json`);
    const names = Array.from({ length: hosts }, (_, index) => `app${index}.example`);
    const app = { targets: [`127.0.0.1:${upstreams.files}`] };
    const all = Object.fromEntries([...names, "127.0.0.1", benchHost].map((name) => [name, app]));
    const echo = { "echo.example": { targets: [`127.0.0.1:${upstreams.echo}`] } };
    await writeFile(table, JSON.stringify({ hosts: { ...all, ...echo } }));
    const plain = ["--listen", `127.0.0.1:${port}`, "--table", table, "--workers", "1"];
    const secure = [
      "--https-port",
      `${tlsPort}`,
      "--certificate",
      certificate.chain,
      "--key",
      certificate.key,
    ];
    const args = [routerMain, ...plain, ...secure];
    return startPinned(process.execPath, args, { core: cores.proxy, output: join(folder, "paas.log"), env });
  };

const nginx = async ({ folder, port, tlsPort, certificate, upstreams }: Place) => {
  const file = join(folder, "nginx.conf");
  const backend = (name: string, to: number) =>
    `upstream ${name} { server 127.0.0.1:${to}; keepalive 256; keepalive_requests 100000000; }`;
  const passing =
    "proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;";
  await writeFile(
    file,
    `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx-error.log;
events { worker_connections 8192; }
http {
  access_log ${folder}/nginx.log combined buffer=64k flush=1s;
  keepalive_requests 100000000; tcp_nodelay on;
  proxy_temp_path ${folder}/nginx-proxy; client_body_temp_path ${folder}/nginx-body;
  ${backend("files", upstreams.files)}
  ${backend("echo", upstreams.echo)}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    listen 127.0.0.1:${tlsPort} ssl http2 backlog=4096;
    ssl_certificate ${certificate.chain}; ssl_certificate_key ${certificate.key};
    location / { ${passing} proxy_set_header Connection ""; proxy_pass http://files; }
    location /echo { ${passing} proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_pass http://echo; }
  }
}
`,
  );
  return startPinned("nginx", ["-c", file, "-p", folder], { core: cores.proxy, output: "/dev/null" });
};

const haproxy = async ({ folder, port, tlsPort, certificate, upstreams }: Place) => {
  const file = join(folder, "haproxy.cfg");
  await writeFile(
    file,
    `global
  nbthread 1
  maxconn 8192
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port} backlog 4096
  bind 127.0.0.1:${tlsPort} ssl crt ${certificate.both} alpn h2 backlog 4096
  use_backend echo if { path_beg /echo }
  default_backend files
backend files
  server one 127.0.0.1:${upstreams.files}
backend echo
  server one 127.0.0.1:${upstreams.echo}
`,
  );
  const output = join(folder, "haproxy.log");
  return startPinned("haproxy", ["-db", "-q", "-f", file], { core: cores.proxy, output });
};

const caddy = async ({ folder, port, tlsPort, certificate, upstreams, env }: Place) => {
  const file = join(folder, "Caddyfile");
  await writeFile(
    file,
    `{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
(files) {
  bind 127.0.0.1
  log {
    output file ${folder}/caddy.log {
      roll_disabled
    }
  }
  reverse_proxy /echo 127.0.0.1:${upstreams.echo}
  reverse_proxy 127.0.0.1:${upstreams.files} {
    transport http {
      keepalive_idle_conns_per_host 256
    }
  }
}
http://:${port} {
  import files
}
https://${benchHost}:${tlsPort} {
  tls ${certificate.chain} ${certificate.key}
  import files
}
`,
  );
  const own = { ...env, GOMAXPROCS: "1", HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return startPinned("caddy", ["run", "--config", file], {
    core: cores.proxy,
    output: "/dev/null",
    env: own,
  });
};

const httpProxy = ({ folder, port, upstreams }: Place): Promise<ChildProcess> => {
  const args = [
    join(__dirname, "http-proxy-main.js"),
    String(port),
    String(upstreams.files),
    String(upstreams.echo),
  ];
  const output = join(folder, "http-proxy.log");
  return Promise.resolve(startPinned(process.execPath, args, { core: cores.proxy, output }));
};

const ready =
  (start: (place: Place) => Promise<ChildProcess>): Peer["start"] =>
  async (place) => {
    const child = await start(place);
    await listening(place.port, child);
    return child;
  };

export const peers: Peer[] = [
  { name: "paas", secure: true, start: ready(ours(1)) },
  { name: "nginx", secure: true, start: ready(nginx) },
  { name: "haproxy", secure: true, start: ready(haproxy) },
  { name: "caddy", secure: true, start: ready(caddy) },
  { name: "http-proxy", secure: false, start: ready(httpProxy) },
];

/** Ours with a large table. */
export const manyHosts: Peer = { name: "paas", secure: true, start: ready(ours(10_000)) };
