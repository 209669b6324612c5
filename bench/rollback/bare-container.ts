import type Docker from "dockerode";
import { waitForAnswer } from "../deploy/answer";

const port = 5000;

/** A network of its own for the floor's containers, as every app of the platform has one. */
export interface BareNetwork {
  /**
   * Starts a container of an image as the platform starts an instance, asked directly; resolves with how long it took (ms) from the first
   * call to the answer of `wanted`. Nothing of it is left.
   */
  start(image: string, wanted: string, signal: AbortSignal): Promise<number>;
  remove(): Promise<void>;
}

export async function makeBareNetwork(docker: Docker, name: string): Promise<BareNetwork> {
  const network = await docker.createNetwork({ Name: name, Driver: "bridge" });
  return {
    start: (image, wanted, signal) => start(docker, name, image, wanted, signal),
    remove: async () => void (await network.remove()),
  };
}

async function start(
  docker: Docker,
  network: string,
  image: string,
  wanted: string,
  signal: AbortSignal,
): Promise<number> {
  const started = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Env: [`PORT=${port}`],
    HostConfig: { Init: true, NetworkMode: network },
  });
  try {
    await container.start();
    const { Networks } = (await container.inspect()).NetworkSettings;
    const address = Networks[network]?.IPAddress ?? "";
    await waitForAnswer({ address, port, host: "floor" }, wanted, signal);
    return performance.now() - started;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
