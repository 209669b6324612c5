import Docker from "dockerode";

/** The engine that the environment names, else the local one. */
export const connectDocker = (env: NodeJS.ProcessEnv): Docker =>
  env.DOCKER_HOST?.startsWith("tcp:")
    ? new Docker(hostOf(env.DOCKER_HOST))
    : new Docker({ socketPath: socketOf(env.DOCKER_HOST) });

const socketOf = (host = "unix:///var/run/docker.sock"): string => host.replace(/^unix:\/\//, "");

function hostOf(address: string): { host: string; port: string } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: port || "2375" };
}
