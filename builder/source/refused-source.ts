import { PaasError } from "../../core/error";

/** What is wrong with a source, for its author. */
export const refusedSource = (why: string): PaasError =>
  new PaasError("build_failed", `The source cannot be built: ${why}.`);
