import { Agent } from "node:http";
import { inspect } from "node:util";
import Docker from "dockerode";
import { invalid } from "../../../core/error";
import { limitWaiting, type Patience, usualPatience } from "./patience";

/**
 * Holds the connections. The library writes all options of each call out for its debug log, whether there is one or not; with an agent's sockets,
 * parsers and buffers that took 25 ms of a processor a call, most of what the server used.
 */
class Connections extends Agent {
  [inspect.custom](): string {
    return "Connections";
  }
}

/**
 * Connects to a Docker Engine (`unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`); nothing is sent yet. The API version is the engine's
 * own newest, since newer engines refuse old ones. Connections are kept (a push makes a dozen calls) unless asked otherwise. No call is waited
 * for longer than `patience`.
 */
export function connectDocker(
  dockerHost: string,
  patience: Patience = usualPatience,
  { keepAlive } = { keepAlive: true },
): Docker {
  const agent = new Connections({ keepAlive });
  if (dockerHost.startsWith("unix://"))
    // An explicit empty host: else the library would prefer a DOCKER_HOST that it reads from the environment itself.
    return open({ socketPath: dockerHost.slice("unix://".length), host: "", agent }, patience);
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : undefined;
  if (!url)
    throw invalid(
      `DOCKER_HOST ${dockerHost} is not an address: write unix:///var/run/docker.sock or tcp://127.0.0.1:2375.`,
    );
  return open({ host: url.hostname, port: url.port || "2375", protocol: "http", agent }, patience);
}

/** dockerode takes an agent, its types do not know it. */
function open(options: Docker.DockerOptions & { agent: Agent }, patience: Patience): Docker {
  const docker = new Docker(options);
  limitWaiting(docker, patience);
  return docker;
}
