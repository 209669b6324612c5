import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./commands";
import { Filler } from "./filler";

/** A file system of its own, of a size of its own, to be filled. Needs root. */
export class SmallDisk extends Filler {
  private constructor(
    readonly home: string,
    readonly path: string,
  ) {
    super(path);
  }

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

  async close(): Promise<void> {
    await command("umount", this.path);
    rmSync(this.home, { recursive: true, force: true });
  }
}
