import { dockerImages } from "../../builder/image/docker-images";
import { ensureStackImages } from "../../builder/stack/ensure-stack-images";

const dockerHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";

/** A runnable image with a shell, made unless it is there: the run stack. Shared by everybody, so never removed. */
export async function baseImage(): Promise<string> {
  return (await ensureStackImages(dockerImages(dockerHost), () => {})).run.ref;
}
