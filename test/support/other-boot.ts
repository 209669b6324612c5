import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestPlatform } from "./platform";

/** From here on the platform is started in another boot of the host, as the kernel tells it to that platform alone. */
export function enterOtherBoot(platform: TestPlatform): void {
  const file = otherBoot(platform);
  writeFileSync(file, `${randomUUID()}\n`);
  const mount = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  platform.launcher = ["unshare", "--mount", "sh", "-c", mount, file];
}

/** The boot of the host in which a platform believes to be. */
export function bootIdOf(platform: TestPlatform): string {
  const other = otherBoot(platform);
  return readFileSync(existsSync(other) ? other : "/proc/sys/kernel/random/boot_id", "utf8").trim();
}

const otherBoot = (platform: TestPlatform): string => join(platform.home, "boot-id");
