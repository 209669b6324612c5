import { execFileSync } from "node:child_process";

/** Installs a package of Debian's which brings no service. */
export function installPackage(name: string): void {
  const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  const patience = ["-o", "DPkg::Lock::Timeout=300"];
  execFileSync("apt-get", ["update", "-qq", ...patience], quiet);
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...patience, name], quiet);
}
