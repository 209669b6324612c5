import { request } from "node:http";
import { createServer } from "node:net";
import { PaasError } from "../core/error";
import { isErrno } from "./processes/identity";

/** Throws `conflict` when another program listens on a port we need, `invalid` when the address is not one of this machine. */
export async function checkPortFree(setting: string, address: string, port: number): Promise<void> {
  const error = await tryListen(address, port);
  if (error === undefined) return;
  if (isErrno(error, "EADDRINUSE"))
    throw new PaasError(
      "conflict",
      `Port ${port} on ${address} is in use by another program (ss -ltnp 'sport = :${port}' shows which). Stop it, or set ${setting} to a free port.`,
    );
  if (isErrno(error, "EADDRNOTAVAIL"))
    throw new PaasError(
      "invalid",
      `${address} is no address of this machine: set PAAS_BIND to one (ip address shows them).`,
    );
  if (isErrno(error, "EACCES"))
    throw new PaasError(
      "invalid",
      `Port ${port} needs root: set ${setting} to one above 1023, or run as root.`,
    );
  throw error;
}

function tryListen(host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const dockerTimeoutMs = 10_000;

/** Throws `unavailable` with what to do when no Docker Engine answers at DOCKER_HOST. */
export async function checkDocker(dockerHost: string): Promise<void> {
  const failure = await pingDocker(dockerHost);
  if (failure === undefined) return;
  const cure = isErrno(failure, "EACCES")
    ? "This user may not use it: run usermod -aG docker <user> and log in anew, or run as root."
    : "Start it (systemctl start docker, or npm run demo, which sets up everything), or set DOCKER_HOST.";
  throw new PaasError(
    "unavailable",
    `The Docker Engine at ${dockerHost} does not answer (${failure.message}). ${cure}`,
  );
}

function pingDocker(dockerHost: string): Promise<Error | undefined> {
  const url = new URL(dockerHost);
  const place =
    url.protocol === "unix:" ? { socketPath: url.pathname } : { host: url.hostname, port: url.port || 2375 };
  return new Promise((resolve) => {
    const ping = request({ ...place, path: "/_ping", timeout: dockerTimeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : new Error(`HTTP ${response.statusCode}`));
    });
    ping.once("timeout", () => ping.destroy(new Error(`no answer in ${dockerTimeoutMs / 1000} s`)));
    ping.once("error", resolve);
    ping.end();
  });
}
