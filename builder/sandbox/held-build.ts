import { BuildDisk } from "./build-disk";
import type { Hit } from "./hit";
import { newMark } from "./mark";

/** One build under way, as the guard knows it. */
export class HeldBuild {
  readonly mark = newMark();
  readonly disk = new BuildDisk();
  /** Control groups of all its steps, also of those that are over. */
  readonly steps = new Set<string>();
  #hit: Hit | null = null;

  /** `stop` ends it where none of its steps runs that could be ended. */
  constructor(readonly stop: () => void) {}

  /** The first limit that it ran into: what came after is its consequence. */
  get hit(): Hit | null {
    return this.#hit;
  }

  ranInto(hit: Hit): void {
    this.#hit ??= hit;
  }
}
