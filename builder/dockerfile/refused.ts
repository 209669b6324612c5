import { PaasError } from "../../core/error";

/** What a Dockerfile may not do on a platform that others share, or what cannot be told from it. */
export const refused = (line: number, what: string): PaasError =>
  new PaasError("build_failed", `The Dockerfile cannot be built here. Line ${line}: ${what}.`);
