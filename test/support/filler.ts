import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./commands";

/** A file that takes up space on the file system of a folder. */
export class Filler {
  readonly #file: string;
  constructor(readonly folder: string) {
    this.#file = join(folder, "filler");
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Leaves so much free; nothing is left of an earlier call. */
  async fill(leftBytes: number): Promise<void> {
    this.empty();
    const bytes = Math.floor(this.freeBytes - leftBytes);
    if (bytes <= 0) return;
    writeFileSync(this.#file, "");
    await command("fallocate", "--length", String(bytes), this.#file);
  }

  /** Takes everything that is free, to the last block. */
  async fillWhole(): Promise<void> {
    this.empty();
    await command("sh", "-c", `dd if=/dev/zero of="$0" bs=64K 2>&1 || true`, this.#file);
  }

  /** Gives back what was taken. */
  empty(): void {
    rmSync(this.#file, { force: true });
  }
}
