import { engineCause } from "../image/engine-cause";
import { shownImage, stepReads } from "../image/image-reads";

/**
 * Why a Dockerfile could not be built, for the author of the commit. `failed` is the engine's name of the step that did, null when it was
 * none of them; `shortened` makes such a name short enough to be shown.
 */
export function dockerfileFailure(
  failed: string | null,
  error: string,
  shortened: (name: string) => string,
): string {
  const cause = engineCause(error);
  if (failed === null) return `The Dockerfile cannot be built: ${cause}`;
  const image = stepReads(failed);
  const exitCode = /exit code: (\d+)$/.exec(cause)?.[1];
  if (image !== null) return notFetched(shownImage(image), cause);
  return `The step ${shortened(failed)} failed${exitCode === undefined ? `: ${cause}` : ` with exit code ${exitCode}.`}`;
}

const notFetched = (image: string, cause: string): string =>
  `The image ${image} is not on this machine and cannot be fetched. Check its name and tag, and that its registry answers from here and lets everybody read it; or load it here (docker load) and try again. The engine says: ${cause}`;
