import type { Site } from "./static-json";

/** What serve-site puts the port for. */
export const portMark = "@PORT@";
/** The one place the server writes to. */
export const serverDirectory = "/tmp/nginx";

const compressed = [
  "application/javascript",
  "application/json",
  "application/manifest+json",
  "application/wasm",
  "application/xml",
  "image/svg+xml",
  "text/css",
  "text/javascript",
  "text/plain",
  "text/xml",
];

/** What build tools name by its content, so that it never changes: main.3f2a9c1b.js, index-DhT3kQ9x.css, /_astro/..., /_app/immutable/... */
const hashedNames = [
  "~^/(_astro|_app/immutable|_next/static|_nuxt)/",
  // A hash has a digit or letters of both cases in it: `/about-yourself.js` is a name.
  "~[.-](?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9_]{8,64}\\.(css|js|mjs|map|woff2?|ttf|png|jpe?g|gif|svg|webp|avif|ico|wasm)$",
];

/** The whole configuration of nginx for a site that lies in `directory`. It runs as a plain user and logs trouble only: the router logs requests. */
export function nginxConfig(site: Site, directory: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off;
worker_processes 2;
pid ${serverDirectory}/pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
${temporary.map((name) => `  ${name}_temp_path ${serverDirectory}/${name};`).join("\n")}
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  charset utf-8;
  access_log off;
  server_tokens off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 75s;
  absolute_redirect off;
  gzip on;
  gzip_static on;
  gzip_vary on;
  gzip_proxied any;
  gzip_min_length 1024;
  gzip_types ${compressed.join(" ")};
  map_hash_bucket_size 512;
  geo $dollar { default "$"; }
  map $request_uri $asked { "~^(?<before_query>[^?]*)" $before_query; }
${cacheMap(site)}${headerMaps(site)}  server {
    listen ${portMark};
    root ${quoted(directory)};
    index index.html;
${headerLines(site)}${httpsLines(site)}${redirectLines(site)}${cleanLines(site)}${errorLines(site)}    location ~ /\\.(?!well-known(/|$)) { return 404; }
${locationLines(site)}  }
}
`;
}

const cacheControl = "cache-control";
const headerNames = (site: Site): string[] => [
  ...new Set(Object.values(site.headers).flatMap((headers) => Object.keys(headers))),
];

/** Hashed names are kept for ever; of all else a browser asks whether it still has the newest. */
const cacheMap = (site: Site): string =>
  headerNames(site).some((name) => name.toLowerCase() === cacheControl)
    ? ""
    : `  map $uri $cache_control {
    default "no-cache";
${hashedNames.map((name) => `    "${name}" "public, max-age=31536000, immutable";`).join("\n")}
  }
`;

/** nginx sends no header whose value is empty; the longest pattern that fits a path counts. */
const headerMaps = (site: Site): string =>
  headerNames(site)
    .map((name, at) => {
      const rows = Object.entries(site.headers)
        .sort(([a], [b]) => b.length - a.length)
        .flatMap(([pattern, headers]) =>
          headers[name] === undefined ? [] : [`    ${regex(pattern)} ${quoted(headers[name])};`],
        );
      return `  map $asked $header_${at} {\n    default "";\n${rows.join("\n")}\n  }\n`;
    })
    .join("");

const headerLines = (site: Site): string => {
  const own = headerNames(site).map((name, at) => `    add_header ${name} $header_${at} always;\n`);
  const cache = cacheMap(site) === "" ? [] : ["    add_header Cache-Control $cache_control;\n"];
  return [...own, ...cache].join("");
};

/** Only a request that says it came over plain HTTP is sent away: health checks say nothing. */
const httpsLines = (site: Site): string =>
  site.httpsOnly
    ? '    if ($http_x_forwarded_proto = "http") { return 301 https://$host$request_uri; }\n'
    : "";

const redirectLines = (site: Site): string =>
  Object.entries(site.redirects)
    .map(
      ([pattern, { url, status }]) =>
        `    location ${regex(pattern, " ")} { return ${status ?? 301} ${quoted(url)}; }\n`,
    )
    .join("");

/** A path that begins with two slashes would be another host's address. */
const cleanLines = (site: Site): string =>
  site.cleanUrls
    ? `    if ($request_uri ~ "^(/(?:[^/\\\\\\\\][^?]*/)?)index\\.html(\\?.*)?$") { return 301 $1$2; }
    if ($request_uri ~ "^(/[^/\\\\\\\\?][^?]*|/[^/\\\\\\\\?])\\.html(\\?.*)?$") { return 301 $1$2; }
`
    : "";

const errorLines = (site: Site): string =>
  site.errorPage === null
    ? ""
    : `    error_page 403 404 =404 ${quoted(`/${site.errorPage.replace(/^\/+/, "")}`)};\n`;

const locationLines = (site: Site): string => {
  const tries = ["$uri", ...(site.cleanUrls ? ["$uri.html"] : []), "$uri/"].join(" ");
  const routes = Object.entries(site.routes).map(
    ([pattern, target]) =>
      `    location ${regex(pattern, " ")} { try_files ${tries} ${quoted(`/${target.replace(/^\/+/, "")}`)}; }\n`,
  );
  return `${routes.join("")}    location / { try_files ${tries} =404; }\n`;
};

/** A pattern as nginx writes expressions; `gap` stands between the tilde and the expression where it wants one. */
function regex(pattern: string, gap = ""): string {
  const expression = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"),
    )
    .join("");
  const written = `^${expression}$`.replace(/["\\]/g, "\\$&");
  return gap === "" ? `"~${written}"` : `~${gap}"${written}"`;
}

/** A string of nginx's, in which nothing is a variable. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, "\\$&").replaceAll("$", "\x24{dollar}")}"`;
