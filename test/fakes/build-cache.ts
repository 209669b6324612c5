import type { BuildCache } from "../../server/engines/engine";

/** A cache of so many bytes. */
export class FakeBuildCache implements BuildCache {
  constructor(public size = 0) {}

  bytes = async (): Promise<number> => this.size;
  async prune(keepBytes: number): Promise<number> {
    const gone = Math.max(0, this.size - keepBytes);
    this.size -= gone;
    return gone;
  }
}
