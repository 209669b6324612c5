/** A systemd unit for the supervisor. */
export function unitText({
  start,
  environmentPath,
  path,
}: {
  start: string[];
  environmentPath: string;
  path: string;
}): string {
  return `[Unit]
Description=paas, a self-hosted platform with git-push deploys
After=network-online.target docker.service
Wants=network-online.target docker.service

[Service]
ExecStart=${start.map(quoted).join(" ")}
EnvironmentFile=${environmentPath}
Environment=${quoted(`PATH=${path}`)}
# When the supervisor dies, router and databases go on; the next one adopts them.
KillMode=process
Restart=always
RestartSec=1
StartLimitIntervalSec=0
TimeoutStopSec=180

[Install]
WantedBy=multi-user.target
`;
}

/** One word for systemd: no specifiers, no variables, no splitting. */
const quoted = (word: string) =>
  `"${word.replace(/["\\]/g, "\\$&").replace(/%/g, "%%").replace(/\$/g, "$$$$")}"`;
