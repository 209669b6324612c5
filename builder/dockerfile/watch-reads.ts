import { PaasError } from "../../core/error";
import { fullName, stepReads } from "../image/image-reads";
import type { Trace } from "../image/trace";
import type { Reference } from "./references";

const programRead = /^resolve image config for (\S+)/;
const addressRead = /^(?:https?|git|ssh):\/\//;

/**
 * The second look, at what the engine says it reads: whatever a Dockerfile was taken for, only images that were found in it and looked up
 * may be read, and nothing that the engine fetches for itself. `end` ends the build.
 */
export function watchReads(
  references: Reference[],
  end: (reason: PaasError) => void,
): (trace: Trace) => void {
  const known = new Set(references.map(({ image }) => fullName(image)));
  return ({ steps }) => {
    for (const { name } of steps) {
      const image = stepReads(name);
      const fetched = programRead.exec(name)?.[1] ?? (addressRead.test(name) ? name : null);
      if (image !== null && !known.has(fullName(image))) end(stopped(`the image ${image}`));
      else if (fetched !== null) end(stopped(fetched));
    }
  };
}

const stopped = (what: string): PaasError =>
  new PaasError(
    "build_failed",
    `The Dockerfile cannot be built here: it has the engine read ${what.slice(0, 120)}, which was not found in it. Write its instructions plainly.`,
  );
