import type { Release } from "../../../core/release";

/** How a deploy ended. A build that made no release has none. */
export type DeployEnd = { ok: true; release: Release } | FailedDeploy;

export interface FailedDeploy {
  ok: false;
  reason: string;
  release: Release | null;
}
