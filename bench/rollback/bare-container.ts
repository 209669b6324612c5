import type Docker from "dockerode";
import { waitForAnswer } from "../deploy/answer";

const port = 5000;

/**
 * Starts a container of what an app's instance runs, alone and on the engine's default network; resolves with how long it took (ms) from
 * the first call to the answer of `wanted`. Nothing of it is left.
 */
export async function startBare(
  docker: Docker,
  image: string,
  wanted: string,
  signal: AbortSignal,
): Promise<number> {
  const started = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Env: [`PORT=${port}`],
    HostConfig: { Init: true },
  });
  try {
    await container.start();
    const { Networks } = (await container.inspect()).NetworkSettings;
    const address = Networks.bridge?.IPAddress ?? "";
    await waitForAnswer({ address, port, host: "floor" }, wanted, signal);
    return performance.now() - started;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
