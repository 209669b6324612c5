import { PaasError } from "../core/error";
import type { Reference } from "./dockerfile/references";
import type { Trace } from "./image/trace";

const imageRead = /^\[(?:\S+ )?internal\] load metadata for (\S+)/;
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
      const image = imageRead.exec(name)?.[1];
      const unseen = image !== undefined && !known.has(fullName(image)) ? `the image ${image}` : null;
      const program = programRead.exec(name)?.[1];
      const fetched = program ?? (addressRead.test(name) ? name : null);
      if (unseen !== null) end(stopped(unseen));
      else if (fetched !== null) end(stopped(fetched));
    }
  };
}

const stopped = (what: string): PaasError =>
  new PaasError(
    "build_failed",
    `The Dockerfile cannot be built here: it has the engine read ${what.slice(0, 120)}, which was not found in it. Write its instructions plainly.`,
  );

/** A name as engines complete it: `docker.io/library/node:24` for `node:24`. */
function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const [host, path] = hasHost ? [first, rest.join("/")] : ["docker.io", image];
  const there = host === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  const tag = /[@:]/.test(there.split("/").at(-1) ?? "") ? "" : ":latest";
  return `${host}/${there}${tag}`;
}
