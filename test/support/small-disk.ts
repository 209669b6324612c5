import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./commands";

/** A file system of its own, of a size of its own, to be filled. Needs root. */
export class SmallDisk {
  private constructor(
    readonly home: string,
    readonly path: string,
  ) {}

  static async open(megabytes: number): Promise<SmallDisk> {
    const home = mkdtempSync(join(tmpdir(), "paas-disk-"));
    await command("chmod", "711", home);
    const [image, path] = [join(home, "disk.img"), join(home, "disk")];
    mkdirSync(path);
    await command("truncate", "-s", `${megabytes}M`, image);
    await command("mkfs.ext4", "-q", "-m", "0", image);
    await command("mount", "-o", "loop", image, path);
    return new SmallDisk(home, path);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Leaves so much free; no fill is left of an earlier call. */
  async fill(leftBytes: number): Promise<void> {
    this.empty();
    const bytes = Math.floor(this.freeBytes - leftBytes);
    if (bytes <= 0) return;
    writeFileSync(this.#filler, "");
    await command("fallocate", "--length", String(bytes), this.#filler);
  }

  /** Takes everything that is free, to the last block. */
  async fillWhole(): Promise<void> {
    this.empty();
    await command("sh", "-c", `dd if=/dev/zero of="$0" bs=64K 2>&1 || true`, this.#filler);
  }

  /** Gives back what `fill` took. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  async close(): Promise<void> {
    await command("umount", this.path);
    rmSync(this.home, { recursive: true, force: true });
  }

  get #filler(): string {
    return join(this.path, "filler");
  }
}
