import type { Release } from "../../core/release";

/**
 * The git refs as the scheduler sees them: the ledger decides and the ref follows. Releases that were not pushed have no ref and pass.
 * Implemented over the repositories; kept small so that the scheduler needs no git.
 */
export interface DeployRefs {
  /** Takes the ref's lock and checks its old commit; done before is success. Throws `conflict` with a person's reason. */
  prepare(release: Release): Promise<void>;
  /** Moves the ref of a release that was proven. */
  commit(release: Release): Promise<void>;
  /** Lets go of a ref that was prepared, if it was. */
  abort(release: Release): Promise<void>;
  /** Sets the ref of a proven release that has failed after all back to what the ledger says. */
  retract(release: Release): Promise<void>;
}
