import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestPlatform } from "./platform";

/** From here on the platform is started in another boot of the host, as the kernel tells it to that platform alone. */
export function enterOtherBoot(platform: TestPlatform): void {
  const file = join(platform.home, "boot-id");
  writeFileSync(file, `${randomUUID()}\n`);
  const mount = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  platform.launcher = ["unshare", "--mount", "sh", "-c", mount, file];
}
