import { portMark, serverDirectory } from "../static/nginx-config";

const socket = `${serverDirectory}/fpm.sock`;
export const configDirectory = "/etc/paas-php";
export const serveCommand = "serve-php";

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

export interface PhpSite {
  /** Absolute, in the image. */
  directory: string;
  /** index.php answers what no file does. */
  front: boolean;
  /** The site is the whole repository: some of it is nobody's business. */
  whole: boolean;
}

const hidden = "    location ~ ^/(vendor/|composer\\.(json|lock)$|Procfile$|app\\.json$) { return 404; }\n";

/** nginx before FPM: files as they are, PHP to FPM, all else to the front controller where there is one. */
export const nginxConfig = ({ directory, front, whole }: PhpSite): string => `daemon off;
worker_processes 2;
pid ${serverDirectory}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
${temporary.map((name) => `  ${name}_temp_path ${serverDirectory}/${name};`).join("\n")}
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  server_tokens off;
  sendfile on;
  keepalive_timeout 75s;
  absolute_redirect off;
  client_max_body_size 0;
  gzip on;
  gzip_proxied any;
  gzip_types application/javascript application/json image/svg+xml text/css text/plain;
  map $http_x_forwarded_proto $https_said { default ""; "https" "on"; }
  server {
    listen ${portMark};
    root ${directory};
    index index.php index.html;
    location ~ /\\.(?!well-known(/|$)) { return 404; }
${whole ? hidden : ""}    location / { try_files $uri $uri/ ${front ? "/index.php?$query_string" : "=404"}; }
    location ~ \\.php$ {
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param HTTPS $https_said if_not_empty;
      fastcgi_param HTTP_PROXY "";
      fastcgi_read_timeout 3600s;
      fastcgi_pass unix:${socket};
    }
  }
}
`;

/** FPM as a plain user, in the foreground; what it and its workers say goes to the app's log. */
export const fpmConfig = `[global]
error_log = /proc/self/fd/2
log_limit = 8192
daemonize = no
[www]
listen = ${socket}
pm = dynamic
pm.max_children = 10
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
pm.max_requests = 1000
clear_env = no
catch_workers_output = yes
decorate_workers_output = no
php_admin_value[error_log] = /proc/self/fd/2
php_admin_flag[log_errors] = on
php_flag[display_errors] = off
php_value[upload_max_filesize] = 100M
php_value[post_max_size] = 100M
`;

/** nginx takes requests when FPM does. Ends when either of the two ends; both end in order at SIGTERM. */
export const serveScript = (fpm: string): string => `#!/bin/bash
mkdir -p ${serverDirectory}
rm -f ${socket}
sed "s/${portMark}/\${PORT:-5000}/" ${configDirectory}/nginx.conf >${serverDirectory}/nginx.conf
${fpm} --fpm-config ${configDirectory}/fpm.conf &
fpm=$!
trap 'stopping=1; kill -QUIT $nginx $fpm' TERM INT
until [ -S ${socket} ] || ! kill -0 $fpm 2>/dev/null; do sleep 0.02; done
nginx -e stderr -c ${serverDirectory}/nginx.conf &
nginx=$!
wait -n
code=$?
kill -QUIT $nginx $fpm 2>/dev/null
wait
[ -n "$stopping" ] && exit 0
exit $code
`;
