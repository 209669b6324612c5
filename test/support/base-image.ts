import { dockerImages } from "../../builder/image/docker-images";
import { ensureStackImages } from "../../builder/stack/ensure-stack-images";
import type { Stack } from "../../buildpacks/stack/stack";

const dockerHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";

/** The images that buildpacks build and run on, made unless they are there. Shared by everybody, so never removed. */
export const stackImages = (): Promise<Stack> => ensureStackImages(dockerImages(dockerHost), () => {});

/** A runnable image with a shell: the run stack. */
export async function baseImage(): Promise<string> {
  return (await stackImages()).run.ref;
}
